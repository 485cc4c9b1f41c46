// What GraphiQL's page makes of a stream of events, and of answers that are none of the API's own. `npm test` runs it; Vite
// reads the TypeScript.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

/** What the file of this name in src/ exports. */
async function imported(name) {
  const path = fileURLToPath(new URL(`../src/${name}`, import.meta.url));
  const { module } = await runnerImport(path, { configFile: false, logLevel: 'error' });
  return module;
}

const { results } = await imported('events.ts');
const { broken, followed, standingNow } = await imported('graphiql/subscription.ts');
const { resultOf } = await imported('graphiql/answer.ts');

/** A stream that comes in these pieces. It does not end by itself, unless `end` ends it. */
function body(pieces, end = () => {}) {
  const encoder = new TextEncoder();
  const left = [...pieces];
  return new ReadableStream({
    pull(controller) {
      if (left.length > 0) controller.enqueue(encoder.encode(left.shift()));
      else return end(controller) ?? new Promise(() => {});
    },
  });
}

const NEXT = 'id: a\nevent: next\ndata: {"data":{"n":1}}\n\n';
const COMPLETE = 'event: complete\ndata:\n\n';

async function all(pieces) {
  const leaving = new AbortController();
  const read = [];
  for await (const result of results(body(pieces), leaving)) read.push(result);
  assert.ok(leaving.signal.aborted, 'the connection is let go');
  return read;
}

test('results are read however the stream comes in pieces', async () => {
  const stream = ':\n\nid: a\nevent: next\ndata: {"data":{"a":"é: 1"}}\n\n:\n\nid\nevent: next\ndata: {"data":null}\n\nevent: complete\ndata:\n\n';
  const expected = [{ data: { a: 'é: 1' } }, { data: null }];
  assert.deepEqual(await all([stream]), expected);
  assert.deepEqual(await all([...stream]), expected);
});

test('who stops reading lets the connection go', async () => {
  const leaving = new AbortController();
  const reading = results(body(['event: next\ndata: 1\n\n', 'event: next\ndata: 2\n\n']), leaving);
  assert.equal((await reading.next()).value, 1);
  await reading.return();
  assert.ok(leaving.signal.aborted);
});

/** How the results of this body break off. */
async function breakingOff(stream, silence) {
  try {
    for await (const _ of results(stream, new AbortController(), silence));
  } catch ({ ending, cursor }) {
    return [ending, cursor];
  }
  return 'complete';
}

test('a stream that ends before it is complete is told from one that is complete', async () => {
  const closed = (controller) => controller.close();
  const lost = (controller) => controller.error(new TypeError('network error'));
  assert.equal(await breakingOff(body([NEXT, COMPLETE], closed)), 'complete');
  assert.equal(await breakingOff(body([COMPLETE], lost)), 'complete');
  assert.deepEqual(await breakingOff(body([NEXT, ':\n\n'], closed)), ['ended', 'a']);
  assert.deepEqual(await breakingOff(body([], closed)), ['ended', undefined]);
  assert.deepEqual(await breakingOff(body([NEXT, 'event: complete\n'], closed)), ['ended', 'a']);
  assert.deepEqual(await breakingOff(body([NEXT], lost)), ['failed', 'a']);
  assert.deepEqual(await breakingOff(body([NEXT, ':\n\n']), 20), ['silent', 'a']);
  // An event that has no id leaves the last one; an empty id takes it back.
  assert.deepEqual(await breakingOff(body([NEXT, 'event: next\ndata: {}\n\n'], closed)), ['ended', 'a']);
  assert.deepEqual(await breakingOff(body([NEXT, 'id\nevent: next\ndata: {}\n\n'], closed)), ['ended', undefined]);
});

/** All that GraphiQL is given of this body, and the states that are told meanwhile. */
async function shown(stream) {
  const given = [];
  const states = [];
  for await (const result of followed(stream, new AbortController())) {
    given.push(result);
    states.push(standingNow().state);
  }
  return { given, states: [...states, standingNow().state] };
}

test('the end is told above the last event, with the cursor to go on from', async () => {
  const { given, states } = await shown(body([NEXT], (controller) => controller.close()));
  assert.deepEqual(states, ['listening', 'broken off', 'broken off']);
  assert.equal(given.length, 2);
  assert.deepEqual(Object.keys(given[1]), ['errors', 'data']);
  assert.deepEqual(given[1].data, { n: 1 });
  const [{ message, extensions }] = given[1].errors;
  assert.match(message, /ended before it was complete: the server stopped.* not shown.* argument after .* nothing is missed/);
  assert.deepEqual(extensions, { after: 'a' });
});

test('without an event there is no cursor, and errors of the last event stay', () => {
  const { errors, ...rest } = broken({ ending: 'failed', cursor: undefined }, undefined);
  assert.match(errors[0].message, /connection to the server was lost.* anew/);
  assert.equal(errors[0].extensions, undefined);
  assert.deepEqual(rest, {});
  assert.deepEqual(broken({ ending: 'silent' }, { errors: [{ message: 'own' }] }).errors.slice(1), [{ message: 'own' }]);
});

test('a subscription that is complete says no more than that', async () => {
  const { given, states } = await shown(body([NEXT, COMPLETE]));
  assert.deepEqual(given, [{ data: { n: 1 } }]);
  assert.deepEqual(states, ['listening', 'complete']);
});

test('who stops a subscription does not wait for its next event, and is told nothing', async () => {
  const leaving = new AbortController();
  const stream = body([NEXT], (controller) => {
    leaving.signal.addEventListener('abort', () => controller.error(leaving.signal.reason));
  });
  const results = followed(stream, leaving);
  const reading = results[Symbol.asyncIterator]();
  await reading.next();
  const next = reading.next();
  await results[Symbol.asyncIterator]().return();
  assert.deepEqual(await next, { value: undefined, done: true });
  assert.equal(standingNow(), null);
});

test('an answer without a GraphQL result is explained in words', async () => {
  const page = '<html><head><title>502</title></head><body><h1>502 Bad\n Gateway</h1><hr>nginx</body></html>';
  for (const [status, body, headers, expected] of [
    [502, page, {}, /answered 502 without a GraphQL result\. The API is starting.* It says: 502 Bad Gateway nginx$/],
    [503, '', { 'retry-after': '7' }, /again in 7 s\. Its body is empty\.$/],
    [429, '{"message":"slow down"}', { 'retry-after': '3' }, /short time\. Run it again in 3 s\. It says: \{"message":"slow down"\}/],
    [401, 'null', {}, /headers editor, as \{"Authorization"/],
    [200, '<form>Password</form>', {}, /page of a login\? It says: Password/],
  ]) {
    await assert.rejects(resultOf(new Response(body, { status, headers })), ({ message, stack }) => {
      assert.match(message, expected);
      return stack === undefined;
    });
  }
  const refused = { errors: [{ message: 'a token is needed' }] };
  assert.deepEqual(await resultOf(new Response(JSON.stringify(refused), { status: 401 })), refused);
  const torn = new Response(body(['{"da'], (controller) => controller.error(new TypeError('network error'))));
  await assert.rejects(resultOf(torn), /lost before the answer had come whole: network error/);
});
