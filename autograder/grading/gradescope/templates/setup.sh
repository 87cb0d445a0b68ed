#!/usr/bin/env bash
# Install the kit into a virtual environment when Gradescope builds the image.
# `autograder gradescope` made this file. AUTOGRADER_ROOT stands in for /autograder in tests.
set -euo pipefail

root="${AUTOGRADER_ROOT:-/autograder}"
source="$root/source"

fitting_python() {
    local candidate
    for candidate in "${AUTOGRADER_PYTHON:-}" python3.12 python3.13 python3.11 python3; do
        if [ -n "$candidate" ] && "$candidate" -c '
import sys, venv, ensurepip
sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            echo "$candidate"
            return 0
        fi
    done
    return 1
}

if ! python="$(fitting_python)"; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    apt-get install -y python3.12 python3.12-venv \
        || apt-get install -y python3.11 python3.11-venv \
        || apt-get install -y python3 python3-venv
    if ! python="$(fitting_python)"; then
        echo @NO_PYTHON@ >&2
        exit 1
    fi
fi

"$python" -m venv "$root/venv"
"$root/venv/bin/python" -m pip install --no-cache-dir \
    --constraint "$source/constraints.txt" "$source/@WHEEL@"
"$root/venv/bin/autograder" --version
