#!/usr/bin/env bash
# Every test. Unit tests and linters first; then those on real Kafka and Postgres, which start and
# stop their own servers on free ports in folders of their own; then the installed wheel.
set -euo pipefail
venv=$1
bash deploy/lint.sh "$venv"
bash deploy/browser.sh
exec "$venv/bin/python" -m pytest tests --durations=15
