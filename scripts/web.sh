#!/bin/sh
# Builds the web pages into web/dist, which the binary carries. Without Node.js they are left out.
set -eu
cd "$(dirname "$0")/../web"

if [ ! -f package.json ]; then
    echo "web/ has no package.json; the pages are left out." >&2
    exit 0
fi

major=$(node --version 2>/dev/null | tr -d v | cut -d . -f 1 || true)
if [ "${major:-0}" -lt 20 ] || ! command -v npm >/dev/null; then
    echo "Node.js 20 or newer with npm is missing; the web pages are left out." >&2
    exit 0
fi

# make compares the sources with the time of dist, so half a build must not stay.
trap 'rm -rf dist' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
npm ci --no-audit --no-fund
npm run build
# The build may leave the time of a folder that was there alone.
touch dist
trap - EXIT
