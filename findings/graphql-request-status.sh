#!/usr/bin/env bash
# errorPolicy "all" holds below status 400 only (npm graphql-request 7.4.0)
#
# Guess: with `errorPolicy: "all"` `rawRequest` resolves with `errors` for every answer of GraphQL, as its
# documentation says of that policy.
# Rule: GraphQL over HTTP of August 2026 (e1e46e7), Status Codes: clients should process a response of
# `application/graphql-response+json` as a well-formed GraphQL response independent of the status code.
# Seen: the same body resolves with its errors at 200 and at 294, and is thrown at 422; the errors are in
# `error.response.errors` then. Whoever moves from a server with 200 to one with 422 gets an exception
# where there was a value.
# Versions: graphql-request 7.4.0, graphql 16.15.0 from npm, Node.js 20.20. Date: 2026-11-30.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . graphql-request@7.4.0 graphql@16.15.0

cat >program.mjs <<'PROGRAM'
import { createServer } from 'node:http'
import { GraphQLClient } from 'graphql-request'

let status = 200
const server = createServer((request, response) => {
  request.resume()
  response.writeHead(status, { 'content-type': 'application/graphql-response+json' })
  response.end(JSON.stringify({ errors: [{ message: 'no such field' }] }))
})
await new Promise((listens) => server.listen(0, '127.0.0.1', listens))
const client = new GraphQLClient(`http://127.0.0.1:${server.address().port}/`, { errorPolicy: 'all' })
for (status of [200, 294, 422]) {
  const told = await client.rawRequest('{ a }').then(
    ({ errors }) => `resolves with ${errors.length} error`,
    (error) => `throws, with ${error.response.errors.length} error within`,
  )
  console.log(status, told)
}
server.close()
PROGRAM

cat >expected <<'SEEN'
200 resolves with 1 error
294 resolves with 1 error
422 throws, with 1 error within
SEEN

node program.mjs >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-30.' >&2; exit 1; }
