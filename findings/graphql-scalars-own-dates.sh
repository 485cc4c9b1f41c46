#!/usr/bin/env bash
# A date scalar refuses dates that it has written, and a whole number stops at a letter (npm graphql-scalars 2.0.0)
#
# Guess: what `Date` serializes it also parses, in years before 0 and after 9999 too; `PositiveInt`
# reads the text `1e3` as 1000 or refuses it, and `NonNegativeInt` `0x10` as 16 or refuses it.
# Rule: ECMA-262 21.4.1.32, "Expanded Years": a sign and six digits, which `Date` writes. GraphQL, September
# 2025, 3.5.1: as input of an `Int`, whatever is no integer raises an error.
# Seen: `-000043-03-15` and `+012024-03-15` are written and refused. `1e3` is 1 and `0x10` is 0,
# without an error, while `71+` is refused.
# Versions: graphql-scalars 2.0.0, graphql 16.15.0 from npm. Date: 2026-11-29.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . graphql@16.15.0 graphql-scalars@2.0.0

cat >program.mjs <<'PROGRAM'
import { GraphQLDate, GraphQLNonNegativeInt, GraphQLPositiveInt } from 'graphql-scalars'

const attempt = (work) => {
  try {
    return work()
  } catch {
    return 'refused'
  }
}
for (const year of [2024, -43, 12024]) {
  const written = GraphQLDate.serialize(new Date(Date.UTC(year, 2, 15)))
  const read = attempt(() => GraphQLDate.serialize(GraphQLDate.parseValue(written)))
  console.log('Date', written, 'read again:', read)
}
for (const text of ['1000', '1e3', '71+']) console.log('PositiveInt', text, attempt(() => GraphQLPositiveInt.parseValue(text)))
for (const text of ['16', '0x10']) console.log('NonNegativeInt', text, attempt(() => GraphQLNonNegativeInt.parseValue(text)))
PROGRAM

cat >expected <<'SEEN'
Date 2024-03-15 read again: 2024-03-15
Date -000043-03-15 read again: refused
Date +012024-03-15 read again: refused
PositiveInt 1000 1000
PositiveInt 1e3 1
PositiveInt 71+ refused
NonNegativeInt 16 16
NonNegativeInt 0x10 0
SEEN

node program.mjs >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-29.' >&2; exit 1; }
