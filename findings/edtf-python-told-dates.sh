#!/usr/bin/env bash
# Dates in words lose a part without a word (PyPI edtf 5.0.2)
#
# Guess: `text_to_edtf` gives None for what it cannot read whole; `44 BC` becomes `-0043`, for EDTF
# has a year 0; `18??`, as catalogues write it, becomes `18XX` or nothing.
# Rule: EDTF of the Library of Congress (4 February 2019), level 0 and ISO 8601-1: the year 0000 is
# 1 BC, so 44 BC is -0043. Level 1, "Unspecified digit from the right": `18XX`.
# Seen: `44 BC` is `-0044`, a year too early, and a day and month beside it are left out; `18??`
# becomes `XXXX-XX-18`, the 18th day of any month; of `May 1927 or 1928` the second year goes, and of
# `mid 1960s` and `early 19th century` the narrower word. `1.11.2024` is read as 11 January.
# Versions: edtf 5.0.2 from PyPI. Date: 2026-11-29.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install edtf==5.0.2

cat >program.py <<'PROGRAM'
from edtf import text_to_edtf

for text in (
    'c. 1844', '1970s', '44 BC', '15 March 44 BC', '18??', 'May 1927 or 1928', 'mid 1960s', 'early 19th century',
    '1.11.2024', '1667 and 1668',
):
    print(text, '->', text_to_edtf(text))
PROGRAM

cat >expected <<'SEEN'
c. 1844 -> 1844~
1970s -> 197X
44 BC -> -0044
15 March 44 BC -> -0044
18?? -> XXXX-XX-18
May 1927 or 1928 -> 1927-05
mid 1960s -> 196X
early 19th century -> 18XX
1.11.2024 -> 2024-01-11
1667 and 1668 -> None
SEEN

venv/bin/python program.py >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-29.' >&2; exit 1; }
