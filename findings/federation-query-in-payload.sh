#!/usr/bin/env bash
# A payload with `query: Query` composes by one tool and not by the other (npm @theguild/federation-composition 0.27.0)
#
# Guess: a mutation's payload that offers the root of queries, as Relay's servers do, composes in both tools: they say that
# they follow the same specification, and the root of queries can be entered in every subgraph.
# Rule: Apollo Federation 2: a gateway can go on from the root type of queries at any subgraph that has fields of it.
# Seen: @apollo/composition 2.14.4 composes the two subgraphs below. @theguild/federation-composition 0.27.0 refuses them: it
# wants a `@key` on `Query` to come from the payload's `query` to a field of the other subgraph. Without the field in the
# payload it composes them too.
# Versions: also graphql 16.15.0 from npm, Node.js 20.20. Date: 2026-11-30.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
  @theguild/federation-composition@0.27.0 @apollo/composition@2.14.4 graphql@16.15.0

cat >program.mjs <<'PROGRAM'
import apollo from '@apollo/composition'
import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"]) '
const gifts = (query) => `${link}
  type Query { gift: Gift }
  type Mutation { give(title: String!): GivePayload }
  type GivePayload { gift: Gift ${query} }
  type Gift @key(fields: "id") { id: ID! title: String }`
const diary = `${link} type Query { diary: [String!]! } type Gift @key(fields: "id") { id: ID! entries: [String!]! }`

for (const [name, query] of [['with query', 'query: Query'], ['without', '']]) {
  const subgraphs = [['gifts', gifts(query)], ['diary', diary]].map(([name, text]) => ({ name, url: `http://${name}.invalid`, typeDefs: parse(text) }))
  for (const [tool, compose] of [['apollo', apollo.composeServices], ['guild', composeServices]]) {
    const { errors, supergraphSdl } = compose(subgraphs)
    console.log(`${name}, ${tool}: ${supergraphSdl ? 'composed' : `refused, ${errors[0].message.split('\n').at(-1).trim()}`}`)
  }
}
PROGRAM

cat >expected <<'SEEN'
with query, apollo: composed
with query, guild: refused, - cannot move to subgraph "diary", which has field "Query.diary", because type "Query" has no @key defined in subgraph "diary".
without, apollo: composed
without, guild: composed
SEEN

node program.mjs >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-30.' >&2; exit 1; }
