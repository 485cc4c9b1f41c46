#!/usr/bin/env bash
# An unknown number is less than 4 (npm minimongo 7.1.1)
#
# Guess: `{"count.max": {$lt: 4}}` finds only documents whose maximum is a number below 4.
# Rule: MongoDB manual, "Comparison/Sort Order", type bracketing: apart from sorting, comparison
# operators look only at values of the type of what they compare with, so never at null or nothing.
# Seen: minimongo, a copy of MongoDB for the browser that is synchronised with a server, finds those
# whose maximum is null and those without one too. The same query asked offline and of the server
# gives different records: "at most three for certain" has those of which nothing is certain. sift,
# for the same filters, is as guessed.
# Versions: minimongo 7.1.1, sift 17.1.3 from npm. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . minimongo@7.1.1 sift@17.1.3

cat >program.mjs <<'PROGRAM'
import minimongo from 'minimongo'
import sift from 'sift'

const documents = [
  { _id: 'absent' },
  { _id: 'no maximum', count: { min: 71, max: null } },
  { _id: 'exact', count: { min: 2, max: 2 } },
  { _id: 'many', count: { min: 40, max: 40 } },
]
const database = new minimongo.MemoryDb()
await new Promise((done) => database.addCollection('gifts', done))
await new Promise((done, fail) => database.gifts.upsert(documents, done, fail))
for (const filter of [{ 'count.max': { $lt: 4 } }, { 'count.max': { $gte: 4 } }]) {
  const found = await new Promise((done, fail) => database.gifts.find(filter).fetch(done, fail))
  console.log(JSON.stringify(filter))
  console.log('  minimongo:', found.map(({ _id }) => _id).sort().join(', '))
  console.log('  sift:', documents.filter(sift(filter)).map(({ _id }) => _id).sort().join(', '))
}
PROGRAM

cat >expected <<'SEEN'
{"count.max":{"$lt":4}}
  minimongo: absent, exact, no maximum
  sift: exact
{"count.max":{"$gte":4}}
  minimongo: many
  sift: many
SEEN

node program.mjs >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
