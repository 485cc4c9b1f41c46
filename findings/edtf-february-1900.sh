#!/usr/bin/env bash
# Three EDTF libraries take 29 February 1900, a day that never was
#
# Guess: `1900-02-29` is refused like `1985-02-30`: 1900 was no leap year.
# Rule: EDTF of the Library of Congress (4 February 2019), level 0, "Date", which is a profile
# of ISO 8601-1, whose calendar is the Gregorian one.
# Seen: npm edtf refuses 30 February but turns 29 February 1900 into 1 March without a word, and
# writes it back as `1900-03-01`. PyPI edtf bounds it with the day that is not there, and
# edtf-validate says that it is valid.
# Versions: edtf 4.11.1 from npm; edtf 5.0.2, edtf-validate 2.0.0 from PyPI. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . edtf@4.11.1
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install edtf==5.0.2 edtf-validate==2.0.0

cat >program.mjs <<'PROGRAM'
import edtf from 'edtf'

for (const text of ['1985-02-30', '1900-02-29']) {
  let answer
  try {
    answer = edtf(text).toEDTF()
  } catch {
    answer = 'refused'
  }
  console.log('npm edtf:', text, answer)
}
PROGRAM

cat >program.py <<'PROGRAM'
from edtf import parse_edtf
from edtf_validate.valid_edtf import is_valid

for text in ('1985-02-30', '1900-02-29'):
    try:
        bounds = tuple(parse_edtf(text).upper_strict())[:3]
    except Exception:
        bounds = 'refused'
    print('PyPI edtf:', text, bounds)
    print('edtf-validate:', text, is_valid(text))
PROGRAM

cat >expected <<'SEEN'
npm edtf: 1985-02-30 refused
npm edtf: 1900-02-29 1900-03-01
PyPI edtf: 1985-02-30 refused
edtf-validate: 1985-02-30 False
PyPI edtf: 1900-02-29 (1900, 2, 29)
edtf-validate: 1900-02-29 True
SEEN

{ node program.mjs; venv/bin/python program.py; } >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
