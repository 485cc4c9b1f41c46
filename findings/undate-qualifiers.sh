#!/usr/bin/env bash
# A library for uncertain dates reads `?` and `~` and forgets them (PyPI undate 0.8.0)
#
# Guess: `1984?` is either kept as uncertain or refused: uncertain dates are what undate says that
# it is for.
# Rule: EDTF of the Library of Congress (4 February 2019), level 1, "Qualification of a date":
# `?` uncertain, `~` approximate, `%` both.
# Seen: all three are read without a word and nothing is left of them: `1984?` equals `1984` and
# is written back as it, in intervals too. A record that passes through becomes certain.
# Versions: undate 0.8.0 from PyPI. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install undate==0.8.0

cat >program.py <<'PROGRAM'
from undate import Undate

for text in ('1984?', '2004-06~', '2004-06-11%', '1984?/2004~'):
    print(text, 'written:', Undate.parse(text, 'EDTF').format('EDTF'))
print('1984? == 1984:', Undate.parse('1984?', 'EDTF') == Undate.parse('1984', 'EDTF'))
PROGRAM

cat >expected <<'SEEN'
1984? written: 1984
2004-06~ written: 2004-06
2004-06-11% written: 2004-06-11
1984?/2004~ written: 1984/2004
1984? == 1984: True
SEEN

venv/bin/python program.py >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
