#!/bin/sh
# Fetches the packages of the examples: of Python's for the tables, of Node.js' for the clients. Without Node.js the
# clients are left out.
set -eu
cd "$(dirname "$0")/../examples/data"

python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt

cd ../web

major=$(node --version 2>/dev/null | tr -d v | cut -d . -f 1 || true)
if [ "${major:-0}" -lt 20 ] || ! command -v npm >/dev/null; then
    echo "Node.js 20 or newer with npm is missing; the examples are left out." >&2
    exit 0
fi

(cd ../named && npm ci --no-audit --no-fund)
npm ci --no-audit --no-fund
# npm may leave the time of the file that make compares.
touch node_modules/.package-lock.json
