#!/usr/bin/env bash
# Half a million is one and a half million (PyPI quantulum3 0.10.0)
#
# Guess: "half a million" is 500,000 and "half a dozen" six, or half of a unit called dozen.
# Rule: what the words mean; the library gives "one and a half" rightly as 1.5.
# Seen: half a million is 1,500,000: the half and the million are added up, as in "a million and a
# half". Half a dozen is 0.5 "per dozen", so something divided by dozens. Both without uncertainty.
# Versions: quantulum3 0.10.0 from PyPI. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install quantulum3==0.10.0

cat >program.py <<'PROGRAM'
from quantulum3 import parser

for text in ('one and a half', 'half a million', 'half a million birds', 'half a dozen', 'two dozen'):
    for quantity in parser.parse(text):
        print(text, '|', quantity.value, quantity.unit.name, quantity.uncertainty)
PROGRAM

cat >expected <<'SEEN'
one and a half | 1.5 dimensionless None
half a million | 1500000.0 dimensionless None
half a million birds | 1500000.0 dimensionless None
half a dozen | 0.5 per dozen None
two dozen | 2.0 dozen None
SEEN

venv/bin/python program.py 2>/dev/null >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
