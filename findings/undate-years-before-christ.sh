#!/usr/bin/env bash
# A negative year is written in a form that nothing reads (PyPI undate 0.8.0)
#
# Guess: `-0044-03-15`, read as EDTF and written as EDTF, is `-0044-03-15` again.
# Rule: EDTF of the Library of Congress (4 February 2019), level 1, "Negative calendar year": a
# minus and four digits.
# Seen: undate reads it with the right bounds and writes it as `0-44-03-15`: the zeros come in
# front of the minus. Its own reader refuses that, and so does edtf-validate. `-0100` loses a
# digit and becomes `-100`, which is no valid EDTF either. Years after Christ come back as they were.
# Versions: undate 0.8.0, edtf-validate 2.0.0 from PyPI. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install undate==0.8.0 edtf-validate==2.0.0

cat >program.py <<'PROGRAM'
from edtf_validate.valid_edtf import is_valid
from undate import Undate

for text in ('0044-03-15', '-0044-03-15', '-0100'):
    written = Undate.parse(text, 'EDTF').format('EDTF')
    try:
        again = Undate.parse(written, 'EDTF').format('EDTF')
    except Exception as error:
        again = type(error).__name__
    print(text, 'written:', written, 'read again:', again, 'valid:', is_valid(written))
PROGRAM

cat >expected <<'SEEN'
0044-03-15 written: 0044-03-15 read again: 0044-03-15 valid: True
-0044-03-15 written: 0-44-03-15 read again: ValueError valid: False
-0100 written: -100 read again: -100 valid: False
SEEN

venv/bin/python program.py >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
