#!/usr/bin/env bash
# Makes the virtual environment from the lock. Needs Python 3.11 or newer (PYTHON=... names one);
# on Debian without the venv module it installs it (as root) or says what is missing.
set -euo pipefail
venv=$1
is_new_enough() {
  command -v "$1" >/dev/null && "$1" -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null
}
# Whether the interpreter was built with profile-guided optimisation, as distributions build theirs
# (one compiled at home without it takes a fifth more time), and can make and compile a .venv.
is_fast_and_whole() {
  "$1" - <<'PYTHON' 2>/dev/null
import pathlib, sys, sysconfig
import ensurepip, venv
fast = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
fast = fast or sys.base_prefix == "/usr"
headers = pathlib.Path(sysconfig.get_paths()["include"], "Python.h").exists()
sys.exit(not (fast and headers))
PYTHON
}
find_python() {
  local name check
  if [ -n "${PYTHON:-}" ]; then
    is_new_enough "$PYTHON" && echo "$PYTHON" && return
  else
    for check in is_fast_and_whole true; do
      for name in python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
        is_new_enough "$name" && "$check" "$name" && echo "$name" && return
      done
    done
  fi
  echo "Python 3.11 이상이 필요합니다 · Python 3.11 or newer is needed" >&2
  exit 3
}
python=$(find_python)
if [ ! -x "$venv/bin/python" ]; then
  echo "· 가상환경 생성 · making $venv ($("$python" -V))" >&2
  if ! "$python" -m venv "$venv" 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
      rm -rf "$venv"
      "$python" -m venv "$venv"
    else
      echo "python3-venv를 설치하세요 · please install python3-venv" >&2
      exit 3
    fi
  fi
fi
echo "· 의존성 설치 (해시 확인) · installing the locked dependencies" >&2
uv=$(grep -oE '^uv==[0-9.]+' requirements.lock)
"$venv/bin/python" -m pip install -q --disable-pip-version-check "$uv"
"$venv/bin/uv" pip install -q --python "$venv/bin/python" --require-hashes -r requirements.lock
"$venv/bin/uv" pip install -q --python "$venv/bin/python" --no-deps -e .
