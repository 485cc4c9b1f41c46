#!/usr/bin/env bash
# A field that failed is a plain null when it is asked for again (npm @apollo/client 4.3.8, @urql/core 6.0.3)
#
# Guess: with `errorPolicy: "all"` the field that failed is asked for again, or its error comes again with its null.
# Rule: GraphQL, September 2025, 6.4.4: a null that stands for a failure has an error with its path beside it.
# Seen: Apollo Client writes the null into its cache and leaves the error: the second answer is whole, and says that
# there is no title. urql's document cache keeps the null together with its error. Graphcache asks again, as does Apollo
# Client with `errorPolicy: "none"`.
# Versions: @apollo/client 4.3.8, rxjs 7.8.2, @urql/core 6.0.3, @urql/exchange-graphcache 9.0.2, wonka 6.3.6,
# graphql 16.15.0 from npm, Node.js 20.20. Date: 2026-11-30.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . --legacy-peer-deps graphql@16.15.0 @apollo/client@4.3.8 rxjs@7.8.2 @urql/core@6.0.3 @urql/exchange-graphcache@9.0.2 wonka@6.3.6

cat >program.mjs <<'PROGRAM'
import { createServer } from 'node:http'
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client/core'
import { cacheExchange as documentCache, Client, fetchExchange } from '@urql/core'
import { cacheExchange as graphcache } from '@urql/exchange-graphcache'

let asked = 0
const gift = (title) => ({ gift: { __typename: 'Gift', id: '1', title } })
const server = createServer((request, response) => {
  request.resume()
  asked += 1
  response.writeHead(200, { 'content-type': 'application/graphql-response+json' })
  const failed = { data: gift(null), errors: [{ message: 'too busy', path: ['gift', 'title'] }] }
  response.end(JSON.stringify(asked === 1 ? failed : { data: gift('Two pandas') }))
})
await new Promise((listens) => server.listen(0, '127.0.0.1', listens))
const url = `http://127.0.0.1:${server.address().port}/`

const query = '{ gift { id title } }'
async function twice(name, ask) {
  asked = 0
  await ask()
  const { data, error } = await ask()
  console.log(`${name}: title ${JSON.stringify(data.gift.title)}, error: ${error ? 'yes' : 'no'}, asked: ${asked}`)
}
for (const errorPolicy of ['all', 'none']) {
  const client = new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache() })
  await twice(`Apollo Client, ${errorPolicy}`, () => client.query({ query: gql(query), errorPolicy }).catch((error) => ({ error })))
}
for (const [name, exchange] of Object.entries({ 'document cache': documentCache, Graphcache: graphcache({}) })) {
  const client = new Client({ url, exchanges: [exchange, fetchExchange], preferGetMethod: false })
  await twice(name, () => client.query(query, {}).toPromise())
}
process.exit()
PROGRAM

cat >expected <<'SEEN'
Apollo Client, all: title null, error: no, asked: 1
Apollo Client, none: title "Two pandas", error: no, asked: 2
document cache: title null, error: yes, asked: 1
Graphcache: title "Two pandas", error: no, asked: 2
SEEN

node program.mjs >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-30.' >&2; exit 1; }
