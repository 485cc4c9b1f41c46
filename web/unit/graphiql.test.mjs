// What GraphiQL's page makes of a stream of events. `npm test` runs it; Vite reads the TypeScript.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const path = fileURLToPath(new URL('../src/events.ts', import.meta.url));
const { module } = await runnerImport(path, { configFile: false, logLevel: 'error' });
const { results } = module;

/** A stream that comes in these pieces, and does not end by itself. */
function body(pieces) {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
    },
  });
}

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
