// The reference clients of graphql-transport-ws and graphql-sse against a server whose data changes all the time: each
// asks for a query, for what is refused, and for changes, is cut off, and goes on behind the last one that it had.
// Prints a line of JSON for each client.

import { NetworkError, createClient as createEventClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const address = process.argv[2];
if (!address) {
  console.error('usage: node subscriptions.mjs ADDRESS; accepted is the address of a server, such as http://127.0.0.1:8080');
  process.exit(2);
}

/** How many changes come before the connection is cut off, and in all. */
const BEFORE = 4;
const ALL = 3 * BEFORE;

const CHANGES = 'subscription Changes($after: String) { changes(after: $after) { cursor operation id } }';

/** What a client is told until it is over. */
function told(client, request) {
  return new Promise((resolve, reject) => {
    const results = [];
    client.subscribe(request, {
      next: (result) => results.push(result),
      error: (error) => (Array.isArray(error) ? resolve([...results, { error }]) : reject(error)),
      complete: () => resolve(results),
    });
  });
}

/** The cursors of the changes that a client is told; `cut` cuts it off now and then, `heard` learns of each. */
function changes(client, after, heard, connections, cut) {
  return new Promise((resolve, reject) => {
    const cursors = [];
    let lost;
    // A client that connects again sends the same object again, with what it then holds.
    const variables = { after };
    const stop = client.subscribe(
      { query: CHANGES, variables },
      {
        next: ({ data, errors }) => {
          if (errors) return reject(new Error(JSON.stringify(errors)));
          // Some are on their way already when the client stops.
          if (cursors.length === ALL) return;
          // What else has come by a connection that is cut off is lost with it.
          if (connections() === lost) return;
          cursors.push(data.changes.cursor);
          heard(data.changes.cursor, variables);
          if (cursors.length === ALL) {
            stop();
            resolve(cursors);
          } else if (cut && cursors.length % BEFORE === 0) {
            lost = connections();
            cut();
          }
        },
        error: (error) => reject(new Error(`cut off for good: ${error instanceof Error ? error : JSON.stringify(error)}`)),
        complete: () => {},
      },
    );
  });
}

async function place() {
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ changesCursor }' }),
  });
  return (await response.json()).data.changesCursor;
}

async function outcome(name, client, heard, cut, connections) {
  const query = await told(client, { query: '{ __typename }' });
  const refused = await told(client, { query: '{ nothing }' });
  const after = await place();
  const before = connections();
  const cursors = await changes(client, after, heard, connections, cut);
  const times = connections() - before;
  heard(undefined, {});
  const uncut = await changes(client, after, () => {}, connections);
  console.log(JSON.stringify({ client: name, query, refused, cursors, uncut, times }));
}

async function bySocket() {
  let socket;
  let opened = 0;
  const client = createSocketClient({
    url: `${address.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 10,
    retryWait: async () => {},
    shouldRetry: () => true,
    on: {
      connected: (connected) => {
        socket = connected;
        opened += 1;
      },
    },
  });
  const heard = (cursor, variables) => (variables.after = cursor);
  await outcome('graphql-ws', client, heard, () => socket.terminate(), () => opened);
  await client.dispose();
}

async function byEvents() {
  let cutting;
  let last;
  let opened = 0;
  const client = createEventClient({
    url: `${address}/graphql/stream`,
    retry: async () => {},
    headers: () => (last ? { 'Last-Event-ID': last } : {}),
    fetchFn: (url, { signal, ...init }) => {
      cutting = new AbortController();
      opened += 1;
      return fetch(url, { ...init, signal: AbortSignal.any([signal, cutting.signal]) });
    },
  });
  const heard = (cursor) => (last = cursor);
  // An error of another kind the client takes for a fault of its own, unless it waits for an event just then.
  const cut = () => cutting.abort(new NetworkError('cut off'));
  await outcome('graphql-sse', client, heard, cut, () => opened);
  client.dispose();
}

await bySocket();
await byEvents();
