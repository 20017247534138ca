#!/usr/bin/env bash
# Format, style, types, layers: what a machine can check.
set -euo pipefail
bin=$1/bin
"$bin/ruff" format --check -q .
"$bin/ruff" check -q .
"$bin/mypy"
"$bin/lint-imports" --no-cache
