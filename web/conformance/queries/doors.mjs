// The ways by which a server can be asked: each gives the answer {data, errors} to a request {query, operationName,
// variables}, or several that must be the same.

import { createHash } from 'node:crypto';

import { createClient as createEventClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/**
 * Asks a server in all ways. `token` is sent with each request; without one it is asked anonymously. `twice` sends a request
 * again whose connection broke, as browsers do for what is safe: servers close idle connections, now and then at the
 * moment at which one is used again.
 */
export function doors(address, token, { twice = false } = {}) {
  const url = `${address}/graphql`;
  const authorization = token ? { authorization: `Bearer ${token}` } : {};
  const headers = { ...authorization, 'content-type': 'application/json', accept: 'application/graphql-response+json' };

  const json = async (response) => {
    const text = await response.text();
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`${response.status} and no JSON: ${text.slice(0, 200)}`);
    }
  };
  const asked = (...request) => fetch(...request).catch((error) => (twice ? fetch(...request) : Promise.reject(error)));
  const send = async (body) => json(await asked(url, { method: 'POST', headers, body: JSON.stringify(body) }));

  const socket = createSocketClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: authorization,
    retryAttempts: 0,
  });
  const events = createEventClient({ url: `${address}/graphql/stream`, headers: authorization, retryAttempts: twice ? 1 : 0, retryWait: async () => {} });

  const post = (request) => send(request);
  const get = async ({ query, operationName, variables }) => {
    const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) });
    if (operationName) parameters.set('operationName', operationName);
    return json(await asked(`${url}?${parameters}`, { headers }));
  };
  // Twice in one batch, with something else between: both answers.
  const batch = async (request) => {
    const answers = await send([request, { query: '{ __typename }' }, request]);
    return Array.isArray(answers) ? [answers[0], answers[2]] : answers;
  };
  // Given with its hash, then asked for by the hash alone.
  const persisted = async ({ query, ...rest }) => {
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const given = await send({ query, ...rest, extensions });
    if (given.data === undefined) return given;
    const known = await send({ ...rest, extensions });
    // The server keeps so many documents and no more; then a client sends the whole again, as it just did.
    const isForgotten = known.errors?.[0]?.extensions?.code === 'PERSISTED_QUERY_NOT_FOUND';
    return isForgotten ? given : known;
  };
  return {
    ways: { post, get, socket: (request) => only(socket, request), stream: (request) => only(events, request), batch, persisted },
    close: async () => {
      events.dispose();
      await socket.dispose();
    },
  };
}

/** The one result of a query over a connection that could bring several. */
function only(client, request) {
  return new Promise((resolve, reject) => {
    const results = [];
    client.subscribe(request, {
      next: (result) => results.push(result),
      // The errors of a document, or what befell the connection.
      error: (error) => (Array.isArray(error) ? resolve({ errors: error }) : reject(new Error(`the connection ended: ${describe(error)}`))),
      complete: () => (results.length === 1 ? resolve(results[0]) : reject(new Error(`${results.length} results came for a query`))),
    });
  });
}

function describe(error) {
  return error instanceof Error ? error.message : JSON.stringify({ code: error.code, reason: error.reason });
}
