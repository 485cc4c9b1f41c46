// Random valid queries against a running server: `node queries.mjs ADDRESS [ADDRESS-WITHOUT-CACHES] --count 2000 --seed 1`.
//
// The answer to each query must be the answer to its normal form, which is computed here with graphql-js (queries/normal.mjs);
// it must be what graphql-js's own `execute` makes of the merged data (queries/reference.mjs); and it must be the same by
// every way, with caches and without. What "the same" means stands in queries/compare.mjs.
//
// Each query is asked by POST, so is its normal form, and the query again by two of the other ways in turn: POST once more
// (what is kept then answers), GET, WebSocket, event stream, batch, persisted document, and POST and WebSocket at the second
// address. With `--token` every second query is asked with that token, the others without.
//
// Prints a JSON line for each query that is answered otherwise, {number, differences, query, …}, the first few made as small
// as they get, and a last line {summary}. What to make of them is the caller's business.

import { readFileSync } from 'node:fs';

import { buildSchema } from 'graphql';

import { check, prepare } from './queries/check.mjs';
import { Coverage, traits } from './queries/coverage.mjs';
import { doors } from './queries/doors.mjs';
import { generate } from './queries/generate.mjs';
import { pool } from './queries/pool.mjs';
import { seedOf } from './queries/random.mjs';
import { shrink } from './queries/shrink.mjs';
import { options } from './queries/options.mjs';

const USAGE =
  'usage: node queries.mjs ADDRESS [ADDRESS-WITHOUT-CACHES] [--count N] [--seed N] [--from N] [--at-once N] [--small N] [--token TOKEN]; ' +
  'accepted is the address of a server, such as http://127.0.0.1:8080';
const { addresses, count, seed, from, atOnce, small, token } = options(USAGE, 2, {
  count: 2_000, seed: 1, from: 0, atOnce: 8, small: 3, token: undefined,
});

const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));
const [server, uncached] = addresses;

/** Who asks: anybody, and the holder of the token. */
const callers = [undefined, ...(token ? [token] : [])].map((known) => {
  const [here, there] = [doors(server, known, { twice: true }), uncached && doors(uncached, known, { twice: true })];
  const { post, ...others } = here.ways;
  const ways = { again: post, ...others };
  if (there) Object.assign(ways, { uncached: there.ways.post, 'uncached socket': there.ways.socket });
  return { post, ways, close: () => Promise.all([here.close(), there?.close()]) };
});

async function limit(name) {
  const { data } = await callers[0].post({ query: '{ serviceConfig { limits { name limit } } }' });
  return data.serviceConfig.limits.find((known) => known.name === name)?.limit;
}
// Servers take no batches unless they are told to.
if ((await limit('batch')) < 3) for (const caller of callers) delete caller.ways.batch;
// All of the same order, so that every way meets every caller.
const names = Object.keys(callers[0].ways);

const known = await pool(callers[0].post);
known.values['__type.name'] = [...Object.keys(schema.getTypeMap()), 'NotThere'];

const summary = {
  seed, from, count, checked: 0, invalid: 0, large: 0, refused: 0, different: 0, first: null, against: {}, ways: {}, traits: {}, reasons: {},
};
const coverage = new Coverage(schema);
const more = (counts, name) => (counts[name] = (counts[name] ?? 0) + 1);

async function one(number) {
  const request = generate(schema, known, seedOf(seed, number));
  const prepared = prepare(schema, request);
  if (prepared.reason) {
    summary[prepared.large ? 'large' : 'invalid'] += 1;
    more(summary.reasons, prepared.reason.replaceAll(/"[^"]*"|\d+/g, '…'));
    return;
  }
  const caller = callers[number % callers.length];
  const turn = Math.floor(number / callers.length) * 2;
  const taken = [names[turn % names.length], names[(turn + 1) % names.length]];
  const asking = { post: caller.post, ways: Object.fromEntries(taken.map((name) => [name, caller.ways[name]])) };
  const outcome = await check(schema, prepared, asking);
  summary.checked += 1;
  coverage.add(prepared.document);
  if (outcome.refused) {
    summary.refused += 1;
    more(summary.reasons, `refused: ${(outcome.answer.errors ?? outcome.merged.errors)[0].message}`);
  }
  taken.forEach((name) => more(summary.ways, name));
  traits(schema, prepared, outcome).forEach((name) => more(summary.traits, name));
  if (outcome.differences.length === 0) return;

  summary.different += 1;
  summary.first = Math.min(summary.first ?? number, number);
  const against = new Set(outcome.differences.map((difference) => difference.against));
  against.forEach((name) => more(summary.against, name));
  const found = { number, ...(await smaller(prepared, asking, outcome.differences, against)) };
  console.log(JSON.stringify(found));
}

/** The first few differences on the smallest query that still shows one of this kind. */
async function smaller(prepared, asking, differences, against) {
  const { request, document, normal } = prepared;
  if (small < summary.different) return { ...request, differences: differences.map(({ against: name }) => ({ against: name })) };
  const still = async (next) => {
    const again = prepare(schema, next);
    if (again.reason) return false;
    const { differences: left } = await check(schema, again, asking);
    return left.some((difference) => against.has(difference.against));
  };
  const shrunk = await shrink(request, document, still);
  const again = prepare(schema, shrunk);
  const { differences: left } = await check(schema, again, asking);
  // What is shown only now and then may be gone.
  if (left.length === 0) return { ...request, normal: normal.query, differences, unsteady: true };
  return { ...shrunk, normal: again.normal.query, differences: left, from: request.query.length };
}

const began = performance.now();
let next = from;
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    while (next < from + count) {
      const number = next++;
      try {
        await one(number);
      } catch (error) {
        summary.different += 1;
        summary.first = Math.min(summary.first ?? number, number);
        more(summary.against, 'failure');
        console.log(JSON.stringify({ number, failure: `${error.stack} ${error.cause ?? ''}`, ...generate(schema, known, seedOf(seed, number)) }));
      }
    }
  }),
);
await Promise.all(callers.map((caller) => caller.close()));
// The parts of the schema that no query had.
summary.left = coverage.left();
summary.seconds = Math.round((performance.now() - began) / 100) / 10;
console.log(JSON.stringify({ summary }));
