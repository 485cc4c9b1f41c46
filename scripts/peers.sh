#!/bin/sh
# Fetches the servers from npm that the benchmark measures this one against.
set -eu
cd "$(dirname "$0")/../benches/load/peers"

if ! command -v npm >/dev/null; then
    echo "Node.js 20 or newer with npm is missing: the benchmark measures this server against some that run on it." >&2
    exit 1
fi

npm ci --no-audit --no-fund
# npm may leave the time of the file that make compares.
touch node_modules/.package-lock.json
