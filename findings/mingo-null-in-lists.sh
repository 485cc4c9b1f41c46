#!/usr/bin/env bash
# Members of a list are not asked for their type or a null (npm mingo 7.2.7, and sift)
#
# Guess: a list with a number in it is found by `$type: "number"`, and a gift one of whose items has
# no maximum by `{"items.max": null}`.
# Rule: MongoDB manual, `$type`, "Arrays": a list is found when one of its members has the type;
# "Query an Array of Embedded Documents": a condition on a field of embedded documents is met when
# one of them meets it.
# Seen: mingo finds neither, and `{"items.max": {$ne: null}}`, the opposite, has the gift with the
# unknown item. With $elemMatch it is found, and other conditions, as $gt, look into lists. sift
# finds both as guessed, but misses the opposite in its own way: it finds no gift at all, not even
# the one whose items are all known. The two agree nowhere on "all items counted".
# Versions: mingo 7.2.7, sift 17.1.3 from npm. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . mingo@7.2.7 sift@17.1.3

cat >program.mjs <<'PROGRAM'
import { Query } from 'mingo'
import sift from 'sift'

const documents = [
  { _id: 'all known', items: [{ max: 2 }, { max: 40 }], weights: [1.5, 9.5] },
  { _id: 'one unknown', items: [{ max: 3 }, { min: 5 }], weights: [] },
]
for (const filter of [
  { 'items.max': null },
  { 'items.max': { $ne: null } },
  { items: { $elemMatch: { max: null } } },
  { 'items.max': { $gt: 30 } },
  { weights: { $type: 'number' } },
  { weights: { $gt: 9 } },
]) {
  console.log(JSON.stringify(filter))
  console.log('  mingo:', new Query(filter).find(documents).all().map(({ _id }) => _id).join(', ') || 'none')
  console.log('  sift:', documents.filter(sift(filter)).map(({ _id }) => _id).join(', ') || 'none')
}
PROGRAM

cat >expected <<'SEEN'
{"items.max":null}
  mingo: none
  sift: one unknown
{"items.max":{"$ne":null}}
  mingo: all known, one unknown
  sift: none
{"items":{"$elemMatch":{"max":null}}}
  mingo: one unknown
  sift: one unknown
{"items.max":{"$gt":30}}
  mingo: all known
  sift: all known
{"weights":{"$type":"number"}}
  mingo: none
  sift: all known
{"weights":{"$gt":9}}
  mingo: all known
  sift: all known
SEEN

node program.mjs >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
