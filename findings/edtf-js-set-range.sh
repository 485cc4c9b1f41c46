#!/usr/bin/env bash
# A range at the end of an EDTF set ends where it begins (npm edtf 4.11.1)
#
# Guess: `[1667,1670..1672]` is one of 1667, 1670, 1671 and 1672, so its last possible day is
# 31 December 1672, and a list `{1670..1672}` ends then too.
# Rule: EDTF of the Library of Congress (4 February 2019), level 2, "Set representation": two
# dots in a set stand for all the values between two dates, both of them included.
# Seen: iterating over the set gives all years, but `max` is the last day of the first year of
# the range, 1670, for sets and lists alike, and `covers` denies 1672. When the range comes
# first and an earlier year after it, `max` lies before `min`.
# Versions: edtf 4.11.1 from npm. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . edtf@4.11.1

cat >program.mjs <<'PROGRAM'
import edtf from 'edtf'

const day = (value) => new Date(Number(value)).toISOString().slice(0, 10)
for (const text of ['[1667,1670..1672]', '[1670..1672]', '{1670..1672}', '[1670..1672,1667]']) {
  const set = edtf(text)
  console.log(text, 'years:', [...set].length, 'min:', day(set.min), 'max:', day(set.max), 'covers 1672:', set.covers(edtf('1672')))
}
PROGRAM

cat >expected <<'SEEN'
[1667,1670..1672] years: 4 min: 1667-01-01 max: 1670-12-31 covers 1672: false
[1670..1672] years: 3 min: 1670-01-01 max: 1670-12-31 covers 1672: false
{1670..1672} years: 3 min: 1670-01-01 max: 1670-12-31 covers 1672: false
[1670..1672,1667] years: 4 min: 1670-01-01 max: 1667-12-31 covers 1672: false
SEEN

node program.mjs >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
