#!/bin/sh
# Checks that what the build needs is installed, and names what is missing with the command that
# installs it on Debian and Ubuntu.
set -eu

rust=1.95
node=20
missing=

# need COMMAND WHAT-IT-IS HOW-TO-INSTALL-IT
need() {
    if ! command -v "$1" >/dev/null; then
        echo "Missing: $1 ($2). Install it with: $3" >&2
        missing=yes
    fi
}

need cc "a C compiler" "sudo apt-get install build-essential"
need make "make, which also builds the embedded database" "sudo apt-get install make"
need python3 "Python 3" "sudo apt-get install python3 python3-pip python3-venv"
need cargo "Rust $rust or newer" "rustup, from the Rust project's website"

# at_least WANTED FOUND: whether one version, such as 1.95, is not above the other.
at_least() {
    [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

if command -v cargo >/dev/null; then
    found=$(rustc --version 2>/dev/null | cut -d ' ' -f 2)
    if ! at_least "$rust" "${found:-0}"; then
        echo "Rust is ${found:-not usable}; needed is $rust or newer. Update it with: rustup update stable" >&2
        missing=yes
    fi
fi

if [ -n "$missing" ]; then
    exit 1
fi

found=$(node --version 2>/dev/null | tr -d v || true)
if ! at_least "$node" "${found:-0}" || ! command -v npm >/dev/null; then
    echo "Note: Node.js is ${found:-not installed}; for the web pages $node or newer with npm is needed." >&2
    echo "      The server runs without them. Install it with: sudo apt-get install nodejs npm" >&2
    echo "      (from the Node.js project's website where that is older)" >&2
fi
