#!/usr/bin/env bash
# An inline fragment without a type stops the projection (npm graphql-to-mongodb 1.6.5)
#
# Guess: `{gift{... @include(if: true){title}}}` gives the projection `{title: 1}`, like
# `{gift{... on Gift @include(if: true){title}}}`.
# Rule: GraphQL, September 2025, 2.8.2, Inline Fragments: without a type condition a fragment has
# the type of what is around it.
# Seen: getMongoDbProjection raises a TypeError, because it reads the name of a type condition that
# is not there. The valid query is answered with an internal error. A fragment with the type
# written out works.
# Versions: graphql-to-mongodb 1.6.5, graphql 16.15.0 from npm. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . --legacy-peer-deps graphql@16.15.0 graphql-to-mongodb@1.6.5

cat >program.mjs <<'PROGRAM'
import { buildSchema, graphql } from 'graphql'
import { getMongoDbProjection } from 'graphql-to-mongodb'

const schema = buildSchema('type Query { gift: Gift } type Gift { title: String slug: String }')
schema.getQueryType().getFields().gift.resolve = (parent, args, context, info) => {
  console.log('projection:', JSON.stringify(getMongoDbProjection(info, schema.getType('Gift'))))
  return { title: 'Two pandas' }
}
for (const source of ['{ gift { ... on Gift @include(if: true) { title } } }', '{ gift { ... @include(if: true) { title } } }']) {
  const { data, errors } = await graphql({ schema, source })
  console.log(source, JSON.stringify(data), errors ? errors[0].originalError.name : '')
}
PROGRAM

cat >expected <<'SEEN'
projection: {"title":1}
{ gift { ... on Gift @include(if: true) { title } } } {"gift":{"title":"Two pandas"}} 
{ gift { ... @include(if: true) { title } } } {"gift":null} TypeError
SEEN

node program.mjs >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
