#!/usr/bin/env bash
# Every test. Unit tests and linters first; then those on real Kafka and Postgres, which start and
# stop their own servers on free ports in folders of their own; then the installed wheel. The
# compiled build, made meanwhile, passes the tests of the pure code.
set -euo pipefail
venv=$1
bash deploy/lint.sh "$venv"
bash deploy/browser.sh
bash deploy/compile.sh "$venv" build/compiled &
compiling=$!
"$venv/bin/python" -m pytest tests --durations=15
if wait $compiling; then
  echo "· 기계어 빌드 시험 · the same tests on the compiled build" >&2
  export PYTHONSAFEPATH=1 PYTHONPATH=$PWD/build/compiled
  "$venv/bin/python" -c 'from services.domain import firms; assert firms.__file__.endswith(".so")'
  "$venv/bin/python" -m pytest \
    tests/unit/connectors tests/unit/decision tests/unit/domain tests/unit/schemas \
    tests/golden tests/examples
elif [ $? != 3 ]; then
  exit 1
fi
