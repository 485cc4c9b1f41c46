#!/usr/bin/env bash
# The unknown end of an interval has four meanings in four EDTF libraries
#
# Guess: `1943-09/` has an end that nobody knows: every library gives its end as unknown (null,
# none), keeps it apart from `1943-09/..`, which is open, and writes back what it read.
# Rule: EDTF of the Library of Congress (4 February 2019), level 1, "Extended Interval": an empty
# start or end is unknown, two dots are open.
# Seen: npm edtf gives null. PyPI edtf gives the same day ten years later, in the bounds that it
# calls strict. @edtf-ts/core gives the last day that JavaScript can hold, as for an open end.
# undate writes it back as open.
# Versions: edtf 4.11.1, @edtf-ts/core 0.4.2 from npm; edtf 5.0.2, undate 0.8.0 from PyPI.
# Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . edtf@4.11.1 @edtf-ts/core@0.4.2
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install edtf==5.0.2 undate==0.8.0

cat >program.mjs <<'PROGRAM'
import edtf from 'edtf'
import { parse } from '@edtf-ts/core'

for (const text of ['1943-09/', '1943-09/..']) {
  console.log('npm edtf:', text, edtf(text).max)
  console.log('@edtf-ts/core:', text, new Date(Number(parse(text).value.max)).toISOString())
}
PROGRAM

cat >program.py <<'PROGRAM'
from edtf import parse_edtf
from undate import Undate

for text in ('1943-09/', '1943-09/..'):
    upper = parse_edtf(text).upper_strict()
    print('PyPI edtf:', text, upper if isinstance(upper, float) else tuple(upper)[:3])
    print('undate:', text, Undate.parse(text, 'EDTF').format('EDTF'))
PROGRAM

cat >expected <<'SEEN'
npm edtf: 1943-09/ null
@edtf-ts/core: 1943-09/ +275760-09-13T00:00:00.000Z
npm edtf: 1943-09/.. Infinity
@edtf-ts/core: 1943-09/.. +275760-09-13T00:00:00.000Z
PyPI edtf: 1943-09/ (1953, 9, 1)
undate: 1943-09/ 1943-09/..
PyPI edtf: 1943-09/.. inf
undate: 1943-09/.. 1943-09/..
SEEN

{ node program.mjs; venv/bin/python program.py; } >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
