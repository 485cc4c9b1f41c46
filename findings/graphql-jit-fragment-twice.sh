#!/usr/bin/env bash
# A fragment spread twice is left out when its first spread is (npm graphql-jit 0.8.9)
#
# Guess: `...F @include(if: $a) ...F` with $a false selects what F selects: the second spread has
# no condition.
# Rule: GraphQL, September 2025, 6.3.2, CollectFields: a spread is left out by its directives
# before its name is added to the fragments that were visited, so it does not count as visited.
# Seen: the compiled query answers with an object that lacks the fields, without an error;
# graphql-js, on the same schema and document, has them. mercurius with its option `jit`, which
# compiles with graphql-jit, changes its answer from the first request, which graphql-js executes,
# to the next one.
# Versions: graphql-jit 0.8.9, graphql 16.15.0, mercurius 16.10.1, fastify 5.12.8 from npm.
# Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . graphql@16.15.0 graphql-jit@0.8.9 mercurius@16.10.1 fastify@5.12.8

cat >program.mjs <<'PROGRAM'
import { buildSchema, execute, parse, validate } from 'graphql'
import { compileQuery } from 'graphql-jit'
import fastify from 'fastify'
import mercurius from 'mercurius'

const sdl = 'type Query { gift: Gift } type Gift { title: String slug: String }'
const source = 'query ($a: Boolean!, $b: Boolean!) { gift { slug ...F @include(if: $a) ...F @include(if: $b) } } fragment F on Gift { title }'
const variables = { a: false, b: true }
const rootValue = { gift: { title: 'Two pandas', slug: 'two-pandas' } }

const schema = buildSchema(sdl)
const document = parse(source)
console.log('mistakes:', validate(schema, document).length)
console.log('graphql-js:', JSON.stringify(await execute({ schema, document, rootValue, variableValues: variables })))
console.log('graphql-jit:', JSON.stringify(await compileQuery(schema, document).query(rootValue, {}, variables)))

const app = fastify()
app.register(mercurius, { schema: sdl, resolvers: { Query: { gift: () => rootValue.gift } }, jit: 1 })
await app.ready()
for (const time of [1, 2, 3]) {
  console.log('mercurius, request ' + time + ':', JSON.stringify(await app.graphql(source, {}, variables)))
}
await app.close()
PROGRAM

cat >expected <<'SEEN'
mistakes: 0
graphql-js: {"data":{"gift":{"slug":"two-pandas","title":"Two pandas"}}}
graphql-jit: {"data":{"gift":{"slug":"two-pandas"}}}
mercurius, request 1: {"data":{"gift":{"slug":"two-pandas","title":"Two pandas"}}}
mercurius, request 2: {"data":{"gift":{"slug":"two-pandas"}}}
mercurius, request 3: {"data":{"gift":{"slug":"two-pandas"}}}
SEEN

node program.mjs >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
