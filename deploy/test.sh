#!/usr/bin/env bash
# Every test. Linters and the tests of pure code first; then, three files at a time, those on real
# Kafka and Postgres, which start and stop their own servers on free ports in folders of their own,
# and the installed wheel; meanwhile the compiled build is made, which then passes the tests of the
# hot path.
set -euo pipefail
venv=$1
run() { "$venv/bin/python" -m pytest "$@"; }
bash deploy/lint.sh "$venv"
bash deploy/browser.sh
run tests/unit tests/golden tests/examples -n 2 --durations=10
bash deploy/compile.sh "$venv" build/compiled &
compiling=$!
trap 'kill "$compiling" 2>/dev/null || true' EXIT
# Three on two cores: they wait for servers more than they compute. The longest file comes first.
run tests/acceptance tests/integration -n 3 --dist loadfile --durations=15
if wait "$compiling"; then
  echo "· 기계어 빌드 시험 · the same tests on the compiled build" >&2
  export PYTHONSAFEPATH=1 PYTHONPATH=$PWD/build/compiled
  "$venv/bin/python" -c 'from services.domain import firms; assert firms.__file__.endswith(".so")'
  run tests/unit/connectors tests/unit/decision tests/unit/domain tests/unit/schemas \
    tests/golden tests/examples -n 2 --deselect tests/unit/connectors/test_adding_a_programme.py
elif [ $? != 3 ]; then
  exit 1
fi
