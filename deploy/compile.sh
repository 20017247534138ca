#!/usr/bin/env bash
# Builds the wheel with its hot path as machine code (mypyc) and unpacks it into a folder for
# PYTHONPATH; does nothing where the sources have not changed since. Works in a copy: nothing
# compiled ever lies beside the sources. Exit status 3 without a C compiler or Python's headers.
set -euo pipefail
venv=$(cd "$1" && pwd)
mkdir -p "$2"
target=$(cd "$2" && pwd)
sources=(pyproject.toml README.md LICENSE schemas connectors services deploy)
state=$("$venv/bin/python" -VV | cat - <(find "${sources[@]}" -type f ! -name '*.pyc' -print0 |
  sort -z | xargs -0 sha256sum) | sha256sum | cut -d' ' -f1)
if [ "$(cat "$target/.built-from" 2>/dev/null)" = "$state" ]; then
  exit 0
fi
rm -rf "${target:?}"
can_compile() {
  command -v cc >/dev/null && "$venv/bin/python" -c \
    'import pathlib, sys, sysconfig; sys.exit(not pathlib.Path(sysconfig.get_paths()["include"], "Python.h").exists())'
}
if ! can_compile && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq && apt-get install -y -qq gcc libc6-dev python3-dev >/dev/null || true
fi
if ! can_compile; then
  echo "C 컴파일러와 python3-dev가 없어 순수 Python으로 실행합니다 · no C compiler or no" \
    "python3-dev: the pure Python runs instead" >&2
  exit 3
fi
echo "· 기계어 빌드 (1분 남짓) · compiling the hot path, about a minute" >&2
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "${sources[@]}" "$copy/"
PATH="$venv/bin:$PATH" HATCH_BUILD_HOOKS_ENABLE=1 "$venv/bin/uv" build -q --wheel \
  --no-build-isolation --python "$venv/bin/python" -o "$copy/wheel" "$copy"
"$venv/bin/uv" pip install -q --python "$venv/bin/python" --no-deps --target "$target" \
  "$copy"/wheel/*.whl
echo "$state" >"$target/.built-from"
