#!/usr/bin/env bash
# In the Julian calendar the years 0 and 1 are one year, and 4 BC has a leap day (PyPI convertdate 2.0.2)
#
# Guess: `julian.to_gregorian` takes years as the Gregorian side gives them back, with a year 0 that
# is 1 BC; or it has no year 0 and refuses it, as it refuses a 29 February that is not there.
# Rule: ISO 8601-1 numbers 1 BC as 0000. In the count without a year 0, the leap years before Christ
# are 1, 5, 9 ... BC, so that -4-02-29 is no day.
# Seen: years before Christ go in without a year 0 (-44 is 44 BC) and come out with one (-43). Year 0 is
# taken for the year 1. -4-02-29 is taken for 1 March; -5-02-29, the day that there was, is right too.
# Versions: convertdate 2.0.2 from PyPI. Date: 2026-11-29.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install convertdate==2.0.2

cat >program.py <<'PROGRAM'
from convertdate import julian

for day in ((-44, 3, 15), (0, 3, 1), (1, 3, 1), (-5, 2, 29), (-4, 2, 29), (1515, 1, 20)):
    gregorian = julian.to_gregorian(*day)
    print(day, 'Gregorian:', gregorian, 'and back:', julian.from_gregorian(*gregorian))
PROGRAM

cat >expected <<'SEEN'
(-44, 3, 15) Gregorian: (-43, 3, 13) and back: (-44, 3, 15)
(0, 3, 1) Gregorian: (1, 2, 27) and back: (1, 3, 1)
(1, 3, 1) Gregorian: (1, 2, 27) and back: (1, 3, 1)
(-5, 2, 29) Gregorian: (-4, 2, 27) and back: (-5, 2, 29)
(-4, 2, 29) Gregorian: (-3, 2, 27) and back: (-4, 3, 1)
(1515, 1, 20) Gregorian: (1515, 1, 30) and back: (1515, 1, 20)
SEEN

venv/bin/python program.py >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-29.' >&2; exit 1; }
