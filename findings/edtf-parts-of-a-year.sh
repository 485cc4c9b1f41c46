#!/usr/bin/env bash
# Spring is January to March, and a quadrimester has five months (npm edtf 4.11.1)
#
# Guess: `2001-21` (spring) has the months that other libraries give it, March to May, and the
# quadrimesters `2001-37` to `2001-39` share the year out, four months each.
# Rule: EDTF of the Library of Congress (4 February 2019), level 2, "Sub-year groupings": 21 is
# spring, whatever the place; 33 to 36 are quarters of three months, 37 to 39 quadrimesters of four.
# Seen: npm edtf gives spring the months of the first quarter, a season earlier than the two
# others say: a gift of spring ends where theirs begins, in March. Its first two quadrimesters
# have five months, so that May belongs to both and September too.
# Versions: edtf 4.11.1, @edtf-ts/core 0.4.2 from npm; edtf 5.0.2 from PyPI. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . edtf@4.11.1 @edtf-ts/core@0.4.2
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install edtf==5.0.2

cat >program.mjs <<'PROGRAM'
import edtf from 'edtf'
import { parse } from '@edtf-ts/core'

const days = ({ min, max }) => [min, max].map((value) => new Date(Number(value)).toISOString().slice(0, 10)).join(' to ')
for (const text of ['2001-21', '2001-37', '2001-38', '2001-39']) {
  console.log('npm edtf:', text, days(edtf(text)))
  console.log('@edtf-ts/core:', text, days(parse(text).value))
}
PROGRAM

cat >program.py <<'PROGRAM'
from edtf import parse_edtf

for text in ('2001-21', '2001-37', '2001-38', '2001-39'):
    part = parse_edtf(text)
    print('PyPI edtf:', text, tuple(part.lower_strict())[:3], 'to', tuple(part.upper_strict())[:3])
PROGRAM

cat >expected <<'SEEN'
npm edtf: 2001-21 2001-01-01 to 2001-03-31
@edtf-ts/core: 2001-21 2001-03-01 to 2001-05-31
npm edtf: 2001-37 2001-01-01 to 2001-05-31
@edtf-ts/core: 2001-37 2001-01-01 to 2001-04-30
npm edtf: 2001-38 2001-05-01 to 2001-09-30
@edtf-ts/core: 2001-38 2001-05-01 to 2001-08-31
npm edtf: 2001-39 2001-09-01 to 2001-12-31
@edtf-ts/core: 2001-39 2001-09-01 to 2001-12-31
PyPI edtf: 2001-21 (2001, 3, 1) to (2001, 5, 31)
PyPI edtf: 2001-37 (2001, 1, 1) to (2001, 4, 30)
PyPI edtf: 2001-38 (2001, 5, 1) to (2001, 8, 31)
PyPI edtf: 2001-39 (2001, 9, 1) to (2001, 12, 31)
SEEN

{ node program.mjs; venv/bin/python program.py; } >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
