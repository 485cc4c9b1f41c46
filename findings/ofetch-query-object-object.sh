#!/usr/bin/env bash
# The body of a QUERY is "[object Object]" (npm ofetch 1.5.1, the $fetch of Nuxt)
#
# Guess: with `content-type: application/json` set, an object as the body of a QUERY is written as
# JSON, as that of a POST or a PUT is.
# Rule: RFC 10008: the body of a QUERY and its Content-Type say what is asked. The README of ofetch says
# that an object in `body` is made JSON by itself, and names no method for that.
# Seen: the server gets the fifteen letters "[object Object]" under `application/json`, for an object
# and for a list; without the header under `text/plain`. No error. axios and got write JSON.
# Versions: ofetch 1.5.1, axios 1.21.1, got 14.6.6 from npm. Date: 2026-11-30.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . ofetch@1.5.1 axios@1.21.1 got@14.6.6

cat >program.mjs <<'PROGRAM'
import { createServer } from 'node:http'
import axios from 'axios'
import { got } from 'got'
import { ofetch } from 'ofetch'

const server = createServer((request, response) => {
  let body = ''
  request.on('data', (data) => (body += data))
  request.on('end', () => response.end(`${request.method} ${request.headers['content-type']} ${body}`))
})
await new Promise((listens) => server.listen(0, '127.0.0.1', listens))
const url = `http://127.0.0.1:${server.address().port}/graphql`
const body = { query: '{ gifts { totalCount } }' }
const headers = { 'content-type': 'application/json' }

console.log('ofetch:', await ofetch(url, { method: 'POST', headers, body }))
console.log('ofetch:', await ofetch(url, { method: 'QUERY', headers, body }))
console.log('ofetch:', await ofetch(url, { method: 'QUERY', headers, body: [body] }))
console.log('ofetch:', await ofetch(url, { method: 'QUERY', body }))
console.log('axios:', (await axios.request({ url, method: 'QUERY', data: body })).data)
console.log('got:', (await got(url, { method: 'QUERY', json: body })).body)
server.close()
PROGRAM

cat >expected <<'SEEN'
ofetch: POST application/json {"query":"{ gifts { totalCount } }"}
ofetch: QUERY application/json [object Object]
ofetch: QUERY application/json [object Object]
ofetch: QUERY text/plain;charset=UTF-8 [object Object]
axios: QUERY application/json {"query":"{ gifts { totalCount } }"}
got: QUERY application/json {"query":"{ gifts { totalCount } }"}
SEEN

node program.mjs >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-30.' >&2; exit 1; }
