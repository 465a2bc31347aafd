#!/bin/sh
# environment.sh PYTHON FOLDER REQUIREMENTS: a virtual environment with exactly the locked packages.
set -eu
python=$1 folder=$2 requirements=$3

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "EXOS needs Python 3.11 or newer; '$python' is not. Try: make PYTHON=python3.12 …" >&2
    exit 1
fi
if [ ! -x "$folder/bin/python" ] || ! "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
    rm -rf "$folder"
    if ! "$python" -m venv "$folder" >/dev/null 2>&1; then
        # Debian and Ubuntu keep venv in a package of its own.
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
            apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
        fi
        rm -rf "$folder"
        "$python" -m venv "$folder" || {
            echo "Python cannot make a virtual environment. On Debian/Ubuntu: sudo apt-get install python3-venv" >&2
            exit 1
        }
    fi
fi
stamp="$folder/.installed-$(cksum < "$requirements" | tr -d ' ')"
if [ ! -f "$stamp" ]; then
    echo "Installing the locked packages into $folder (once) …"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$requirements"
    touch "$stamp"
fi
