#!/usr/bin/env bash
# A stream on which nothing happens ends for good after six connections (npm graphql-sse 2.6.1)
#
# Guess: a stream that the server has accepted, with status 200 and a comment as a sign of life, counts as connected, so
# the five tries are counted anew.
# Rule: none. graphql-ws, by the same author, counts anew once the connection is acknowledged.
# Seen: only an event counts. A subscription that hears of nothing, behind a proxy that cuts what is open for a minute,
# ends after six minutes with "terminated", although `connected` was called six times. A 401 is asked for six times
# too, and so is what `fetchFn` throws; only what `retry` throws ends it at once.
# Versions: graphql-sse 2.6.1, graphql-ws 6.4.2, ws 8.23.0, graphql 16.15.0 from npm, Node.js 20.20. Date: 2026-11-30.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . graphql-sse@2.6.1 graphql-ws@6.4.2 ws@8.23.0 graphql@16.15.0

cat >program.mjs <<'PROGRAM'
import { createServer } from 'node:http'
import { createClient as createEventClient } from 'graphql-sse'
import { createClient as createSocketClient } from 'graphql-ws'
import { WebSocket, WebSocketServer } from 'ws'

let status = 200
let requests = 0
const server = createServer((request, response) => {
  request.resume()
  requests += 1
  if (status === 401) return response.writeHead(401).end()
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(':\n\n')
  setTimeout(() => response.socket.destroy(), 20)
})
await new Promise((listens) => server.listen(0, '127.0.0.1', listens))
const url = `127.0.0.1:${server.address().port}`

let sockets = 0
const socketServer = new WebSocketServer({ server })
socketServer.on('connection', (socket) => {
  sockets += 1
  socket.on('message', (text) => {
    if (JSON.parse(text).type === 'connection_init') socket.send('{"type":"connection_ack"}')
    else if (sockets === 20) socket.send(JSON.stringify({ id: JSON.parse(text).id, type: 'complete' }))
    else setTimeout(() => socket.terminate(), 5)
  })
})

const soon = async () => {}
const ends = (client) => new Promise((told) => {
  client.subscribe({ query: 'subscription { a }' }, { next() {}, error: (error) => told(error.message), complete: () => told('complete') })
})
let connected = 0
const on = { connected: () => (connected += 1) }
console.log('quiet stream:', await ends(createEventClient({ url: `http://${url}/`, retry: soon, on })), 'after', requests, 'connected:', connected)
status = 401
requests = 0
console.log('401:', await ends(createEventClient({ url: `http://${url}/`, retry: soon })), 'after', requests)
requests = 0
const fetchFn = () => { requests += 1; throw new Error('my own') }
console.log('fetchFn throws:', await ends(createEventClient({ url: `http://${url}/`, retry: soon, fetchFn })), 'after', requests)
requests = 0
const retry = async () => { throw new Error('enough') }
console.log('retry throws:', await ends(createEventClient({ url: `http://${url}/`, retry })), 'after', requests)
console.log('graphql-ws, quiet socket:', await ends(createSocketClient({ url: `ws://${url}/`, webSocketImpl: WebSocket, retryWait: soon })), 'after', sockets)
process.exit()
PROGRAM

cat >expected <<'SEEN'
quiet stream: terminated after 6 connected: 6
401: Server responded with 401: Unauthorized after 6
fetchFn throws: my own after 6
retry throws: enough after 1
graphql-ws, quiet socket: complete after 20
SEEN

node program.mjs >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-30.' >&2; exit 1; }
