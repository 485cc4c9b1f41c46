// Stands between a client and the server, so that an example can show what a client does when something goes wrong:
// `cutting` passes bytes on and cuts connections, `refusing` answers the first requests itself. No example needs it to work.

import { createServer } from 'node:http';
import { createServer as createRelay, connect } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** Where a server listens on a free port of this machine. */
async function listening(server) {
  await new Promise((listens) => server.listen(0, '127.0.0.1', listens));
  return `http://127.0.0.1:${server.address().port}`;
}

/**
 * Passes connections on. `cut` ends those that are open and takes no new ones until `mend`; what it gives is kept when somebody
 * has tried in vain.
 */
export async function cutting(address) {
  const { hostname, port } = new URL(address);
  const open = new Set();
  let whole = true;
  let missed = () => {};
  const server = createRelay((client) => {
    client.on('error', () => {});
    if (!whole) {
      client.destroy();
      return missed();
    }
    const onward = connect(port, hostname);
    for (const [from, to] of [[client, onward], [onward, client]]) {
      open.add(from);
      from.on('error', () => {}).on('close', () => open.delete(from) && to.destroy());
      from.pipe(to);
    }
  });
  const cut = () => {
    whole = false;
    for (const socket of open) socket.destroy();
    return new Promise((resolve) => (missed = resolve));
  };
  return { address: await listening(server), cut, mend: () => (whole = true) };
}

/**
 * Answers the first `times` requests with a status, after which a client should wait for a second, as the server does when it
 * is asked for too much, or as a gateway does, with a page; what comes then is passed on. Counts the requests, and those of
 * them that did not wait.
 */
export async function refusing(address, { status, gateway = false, times }) {
  const counted = { requests: 0, early: 0 };
  const code = status === 429 ? 'RATE_LIMITED' : 'UNAVAILABLE';
  let until = 0;
  const server = createServer(async (request, response) => {
    counted.requests += 1;
    // A timer may fire a little before its time.
    if (performance.now() < until - 50) counted.early += 1;
    const body = await buffer(request);
    if (counted.requests <= times) {
      until = performance.now() + 1000;
      const type = gateway ? 'text/html' : 'application/graphql-response+json';
      response.writeHead(status, { 'content-type': type, 'retry-after': '1' });
      const errors = [{ message: 'not now', extensions: { code } }];
      return response.end(gateway ? '<h1>not now</h1>' : JSON.stringify({ errors }));
    }
    const { accept, authorization } = request.headers;
    const headers = { 'content-type': 'application/json', accept, ...(authorization && { authorization }) };
    const answer = await fetch(address + request.url, { method: request.method, headers, body });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') });
    response.end(await answer.text());
  });
  return { address: await listening(server), counted };
}
