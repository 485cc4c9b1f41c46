// A subscription that goes on where it was: `node resume.mjs ADDRESS TOKEN`, with the token of an editor, on the set
// `article`; a line of JSON.
//
// The client hears of a change, its connection is cut, the next change happens meanwhile, and one more after it is back.
// Both clients send their operation again by themselves, as it was. So one that always asks for what came `after` the first
// place hears all of it again, and one without `after` never hears of what happened meanwhile. The variables are read anew
// each time: an object whose `after` moves along makes each change heard once.

import { createClient as createEventClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ask } from './ask.mjs';
import { cutting } from './gate.mjs';

const [address, token] = process.argv.slice(2);
const id = 'gift_ru-kp-2024';
const CHANGES = `
  subscription ($ids: [ID!], $after: String) {
    changes(ids: $ids, after: $after) { cursor node { ... on Gift { id title } } }
  }
`;

/** Short ones, for an example. By themselves both wait for 1, 2, 4 seconds and so on, and a random time. */
const pause = (retries) => new Promise((over) => setTimeout(over, Math.min(50 * 2 ** retries, 200)));
// What no waiting mends is a token that does not hold: status 401, close code 4403. Where tokens are renewed, give `headers`
// and `connectionParams` as functions: they are called for each connection.

/** By graphql-sse. It takes every status for a failure of the network, and whatever its `fetchFn` throws. */
function byEvents(url, headers, told, connected = () => {}) {
  let status;
  const watched = async (...request) => {
    const response = await fetch(...request);
    status = response.status;
    return response;
  };
  return createEventClient({
    url: `${url}/graphql/stream`,
    headers,
    on: { connected },
    fetchFn: watched,
    // Its tries are counted until an event comes: 5 are too few for a stream on which little happens.
    retryAttempts: told ? Infinity : 5,
    // What is thrown here ends the subscription.
    retry: async (retries) => {
      if (told && status === 401) throw Object.assign(new Error('the token does not hold'), { code: status });
      await pause(retries);
    },
  });
}

/** By graphql-ws. In browsers, and from Node 22 on, `webSocketImpl` is not needed. */
function bySocket(url, headers, told, connected = () => {}) {
  return createSocketClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    on: { connected },
    connectionParams: headers,
    webSocketImpl: WebSocket,
    retryAttempts: told ? Infinity : 5,
    retryWait: pause,
    // By itself it repeats 4403, and gives up where nobody answers: that is an error without a close code.
    ...(told && { shouldRetry: ({ code }) => code !== 4403 }),
  });
}

const UPDATE = 'mutation ($input: UpdateGiftInput!) { updateGift(input: $input) { gift { version } } }';
let edits = 0;
async function edit() {
  const input = { id, title: `title ${(edits += 1)}` };
  const { data } = await ask(address, UPDATE, { input }, { authorization: `Bearer ${token}` });
  if (!data.updateGift.gift) throw new Error('the gift is not changed');
}

/** The changes that a client hears of, of 1, 2 and 3: with `after` where it was, or moving along. */
async function heard(create, moving) {
  const relay = await cutting(address);
  const client = create(relay.address, {}, true);
  const { data } = await ask(address, '{ changesCursor }');
  const variables = { ids: [id], after: data.changesCursor };
  await edit();
  const meanwhile = async () => {
    relay.cut();
    await edit();
    relay.mend();
    await edit();
  };
  const cursors = [];
  await new Promise((resolve, reject) => {
    const sink = {
      next({ data, errors }) {
        if (errors) return reject(new Error(JSON.stringify(errors)));
        cursors.push(data.changes.cursor);
        if (moving) variables.after = data.changes.cursor;
        if (cursors.length === 1) meanwhile().catch(reject);
        if (new Set(cursors).size === 3) resolve();
      },
      error: reject,
      complete: () => {},
    };
    client.subscribe({ query: CHANGES, variables }, sink);
  });
  await client.dispose();
  const order = [...new Set(cursors)];
  return cursors.map((cursor) => order.indexOf(cursor) + 1);
}

/** Whether a client hears of a change after its connections were disturbed before anything had happened. */
async function hears(create, told, disturb) {
  const relay = await cutting(address);
  const { data } = await ask(address, '{ changesCursor }');
  let connections = 0;
  const client = create(relay.address, {}, told, () => disturb(relay, (connections += 1)));
  const heard = await new Promise((resolve) => {
    const sink = { next: () => resolve(true), error: () => resolve(false), complete() {} };
    client.subscribe({ query: CHANGES, variables: { ids: [id], after: data.changesCursor } }, sink);
  });
  await client.dispose();
  return heard;
}
/** Little happens, and something between cuts each connection. */
async function quiet(relay, connections) {
  if (connections > 8) return edit();
  relay.cut();
  relay.mend();
}
/** The server starts again, and takes longer for it than the client waits. */
async function away(relay, connections) {
  if (connections > 1) return edit();
  await relay.cut();
  relay.mend();
}

/** How often a client tries with a token that does not hold, and what it says in the end. */
async function refused(create, told) {
  let tries = 0;
  const client = create(address, () => ((tries += 1), { authorization: 'Bearer nonsense' }), told);
  const error = await new Promise((resolve) => {
    client.subscribe({ query: CHANGES, variables: {} }, { next() {}, complete() {}, error: resolve });
  });
  return { tries, said: error.code ?? error.response?.status };
}

const found = {};
for (const [name, create] of Object.entries({ 'graphql-sse': byEvents, 'graphql-ws': bySocket })) {
  const both = async (shows) => ({ asItIs: await shows(false), told: await shows(true) });
  found[name] = {
    changes: await both((told) => heard(create, told)),
    quiet: await both((told) => hears(create, told, quiet)),
    away: await both((told) => hears(create, told, away)),
    refused: await both((told) => refused(create, told)),
  };
}
console.log(JSON.stringify(found));
process.exit();
