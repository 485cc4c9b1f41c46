#!/usr/bin/env bash
# The years 0000 to 0099 become 1900 to 1999 (npm @edtf-ts/core 0.4.2)
#
# Guess: `0079-08-24` is a day of the year 79, and the century `00XX` lasts from 0000 to 0099.
# Rule: EDTF of the Library of Congress (4 February 2019), level 0, "Date": a year has four
# digits and means itself; nothing adds a century to it.
# Seen: the `year` that was read is 79, but `min` and `max` lie in 1979. What is compared, sorted
# or drawn by its bounds is 1900 years off, and a valid interval over the year 100 is refused
# because it seems to end before it begins. Negative years and those from 0100 on are right.
# Versions: @edtf-ts/core 0.4.2 from npm. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . @edtf-ts/core@0.4.2

cat >program.mjs <<'PROGRAM'
import { parse } from '@edtf-ts/core'

const day = (value) => new Date(Number(value)).toISOString().split('T')[0]
for (const text of ['0079-08-24', '00XX', '0000', '-0044', '0100', '0099/0101']) {
  const { success, value, errors } = parse(text)
  console.log(text, success ? day(value.min) + ' to ' + day(value.max) : errors[0].code)
}
PROGRAM

cat >expected <<'SEEN'
0079-08-24 1979-08-24 to 1979-08-24
00XX 1900-01-01 to 1999-12-31
0000 1900-01-01 to 1900-12-31
-0044 -000044-01-01 to -000044-12-31
0100 0100-01-01 to 0100-12-31
0099/0101 INVALID_INTERVAL_ORDER
SEEN

node program.mjs >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
