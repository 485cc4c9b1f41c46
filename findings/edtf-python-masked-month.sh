#!/usr/bin/env bash
# A month with one digit unknown is valid and cannot be read (PyPI edtf 5.0.2)
#
# Guess: `1943-1X` is October, November or December 1943: PyPI edtf bounds it with 1 October and
# 31 December, as it bounds `194X` and `1943-XX`.
# Rule: EDTF of the Library of Congress (4 February 2019), level 2, "Unspecified digit", which has
# a month of which one digit is unknown among its examples; edtf-validate says that it is valid.
# Seen: parse_edtf raises an AttributeError of its own inside (no parse error, which is what
# callers catch), and prints a line to standard output before. npm edtf reads it as guessed.
# Versions: edtf 5.0.2, edtf-validate 2.0.0 from PyPI; edtf 4.11.1 from npm. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . edtf@4.11.1
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install edtf==5.0.2 edtf-validate==2.0.0

cat >program.mjs <<'PROGRAM'
import edtf from 'edtf'

const { min, max } = edtf('1943-1X')
console.log('npm edtf:', [min, max].map((value) => new Date(Number(value)).toISOString().slice(0, 10)).join(' to '))
PROGRAM

cat >program.py <<'PROGRAM'
from edtf import parse_edtf, EDTFParseException
from edtf_validate.valid_edtf import is_valid

print('edtf-validate:', is_valid('1943-1X'))
try:
    print('PyPI edtf:', parse_edtf('1943-1X').upper_strict())
except EDTFParseException:
    print('PyPI edtf: a parse error')
except Exception as error:
    print('PyPI edtf:', type(error).__name__)
PROGRAM

cat >expected <<'SEEN'
npm edtf: 1943-10-01 to 1943-12-31
edtf-validate: True
trying to PartialUnspecified.__init__(**{'year': {'year': '1943'}, 'month': '1X'})
PyPI edtf: AttributeError
SEEN

{ node program.mjs; venv/bin/python program.py; } >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
