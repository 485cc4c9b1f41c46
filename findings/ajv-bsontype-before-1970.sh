#!/usr/bin/env bash
# A negative number of 64 bits is an int and no long (npm ajv-bsontype 1.0.7)
#
# Guess: `{bsonType: "long"}` takes -831081600000 (1 September 1943 in milliseconds) as it takes
# 831081600000.
# Rule: BSON specification 1.1: a 64-bit integer is signed; MongoDB manual, `$jsonSchema`: bsonType has
# the names of `$type`, of which "long" is any 64-bit integer.
# Seen: what is too large for 32 bits is a long only above zero; below, it is an "int", however large,
# and "long" refuses it. A schema that MongoDB and ajv share lets dates after 1970 through and refuses
# older ones, when they are held in milliseconds; with "int" it is the other way round, and MongoDB
# then refuses what was let through.
# Versions: ajv-bsontype 1.0.7, ajv 8.17.1 from npm. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . --legacy-peer-deps ajv@8.17.1 ajv-bsontype@1.0.7

cat >program.cjs <<'PROGRAM'
const Ajv = require('ajv').default
const bsonType = require('ajv-bsontype')

const ajv = new Ajv({ strict: false })
bsonType(ajv)
for (const value of [5, -5, 831081600000, -831081600000]) {
  const taken = ['int', 'long', 'number'].filter((type) => ajv.compile({ bsonType: type })(value))
  console.log(value, taken.join(', '))
}
PROGRAM

cat >expected <<'SEEN'
5 int, number
-5 int, number
831081600000 long, number
-831081600000 int, number
SEEN

node program.cjs 2>/dev/null >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
