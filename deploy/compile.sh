#!/usr/bin/env bash
# Builds a wheel whose hot path is machine code (mypyc) and unpacks it into a folder, for
# PYTHONPATH. Works in a copy: nothing compiled ever lies beside the sources. Needs a C compiler
# and Python's headers.
set -euo pipefail
venv=$(cd "$1" && pwd)
target=$2
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r pyproject.toml README.md LICENSE schemas connectors services deploy "$copy/"
find "$copy" -name '*.so' -delete
PATH="$venv/bin:$PATH" HATCH_BUILD_HOOKS_ENABLE=1 "$venv/bin/uv" build -q --wheel \
  --no-build-isolation --python "$venv/bin/python" -o "$copy/wheel" "$copy"
rm -rf "$target"
"$venv/bin/uv" pip install -q --python "$venv/bin/python" --no-deps --target "$target" "$copy"/wheel/*.whl
