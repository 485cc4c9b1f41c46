#!/usr/bin/env bash
# An argument that is null shares its cache entry with one left out (npm @urql/exchange-graphcache 9.0.2)
#
# Guess: with `gifts(first: Int = 20)` in the schema, the answer to `gifts(first: null)` is not
# taken from the cache entry of `gifts`: the server may answer them differently.
# Rule: GraphQL, September 2025, 6.4.1, CoerceArgumentValues: a default value takes the place of an
# argument that is left out, never of one that is null.
# Seen: the second query is a cache hit and gets the first one's list; nothing is sent. It is so with
# the schema given to the cache as well. Apollo Client keeps the two apart.
# Versions: @urql/exchange-graphcache 9.0.2, @urql/core 6.0.3, wonka 6.3.6, @apollo/client 4.3.8,
# rxjs 7.8.2, graphql 16.15.0 from npm. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . --legacy-peer-deps graphql@16.15.0 @urql/core@6.0.3 @urql/exchange-graphcache@9.0.2 wonka@6.3.6 @apollo/client@4.3.8 rxjs@7.8.2

cat >program.mjs <<'PROGRAM'
import { buildSchema, introspectionFromSchema } from 'graphql'
import { Client, gql } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { InMemoryCache } from '@apollo/client'
import { filter, map, pipe } from 'wonka'

const sdl = 'type Query { gifts(first: Int = 20): [Gift!] } type Gift { id: ID! }'
const omitted = gql('{ gifts { __typename id } }')
const ofNull = gql('{ gifts(first: null) { __typename id } }')
const gifts = [{ __typename: 'Gift', id: '1' }]

for (const options of [{}, { schema: introspectionFromSchema(buildSchema(sdl)) }]) {
  let sent = 0
  const server = () => (operations) => pipe(
    operations,
    filter((operation) => operation.kind === 'query'),
    map((operation) => {
      sent += 1
      return { operation, data: { __typename: 'Query', gifts: sent === 1 ? gifts : [] }, stale: false, hasNext: false }
    })
  )
  const client = new Client({ url: '/graphql', preferGetMethod: false, exchanges: [cacheExchange(options), server] })
  const first = await client.query(omitted, {}).toPromise()
  const second = await client.query(ofNull, {}).toPromise()
  console.log('graphcache', options.schema ? 'with a schema:' : 'without a schema:', first.data.gifts.length, second.data.gifts.length, 'sent:', sent)
}

const cache = new InMemoryCache()
cache.writeQuery({ query: omitted, data: { gifts } })
console.log('Apollo Client:', JSON.stringify(cache.readQuery({ query: ofNull })))
PROGRAM

cat >expected <<'SEEN'
graphcache without a schema: 1 1 sent: 1
graphcache with a schema: 1 1 sent: 1
Apollo Client: null
SEEN

node program.mjs >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
