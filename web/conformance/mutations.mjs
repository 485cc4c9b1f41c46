// Random mutations against a running server, counted by what they changed: `node mutations.mjs ADDRESS --token TOKEN
// --count 100 --seed 1`, with the token of an editor. It writes: not for a server whose data matter.
//
// Each document has one to four root fields, each of them several times and in fragments, which must run once for each
// response key (GraphQL of September 2025, 6.2.2 and 6.3.2): one document more, one version more, one document less. Now
// and then one of them is refused: it is null, and those behind it run nevertheless. The answer must be the one that
// graphql-js makes of the data.
//
// Prints a JSON line for each document that did something else, and a last line {summary}.

import { readFileSync } from 'node:fs';

import { buildSchema, isAbstractType, Kind, parse, print, TypeInfo, visit, visitWithTypeInfo } from 'graphql';

import { prepare, visible } from './queries/check.mjs';
import { canonical } from './queries/compare.mjs';
import { doors } from './queries/doors.mjs';
import { generateMutation } from './queries/generate.mjs';
import { operationOf, TYPE } from './queries/normal.mjs';
import { options } from './queries/options.mjs';
import { pool } from './queries/pool.mjs';
import { Random, seedOf } from './queries/random.mjs';
import { misplacedNulls, reference } from './queries/reference.mjs';

const USAGE =
  'usage: node mutations.mjs ADDRESS --token TOKEN [--count N] [--seed N] [--from N]; accepted is the address of a server whose ' +
  'data do not matter, and the token of an editor';
const { addresses, token, count, seed, from } = options(USAGE, 1, { token: '', count: 100, seed: 1, from: 0 });
const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));
const { ways, close } = doors(addresses[0], token);
// What is read, and what is made for a mutation to change, can be sent twice; what is counted cannot.
const safe = doors(addresses[0], token, { twice: true });
const known = await pool(safe.ways.post);

/** Tells documents of one run from those of another. */
const run = `${seed}-${Date.now().toString(36)}`;

/** What is entered, by the plural of its kind: the input of a new one; `id` is free. */
const NEW = {
  sources: () => ({ title: 'A page', kind: 'WEB_PAGE' }),
  nations: (id) => ({ slug: id, name: 'A nation', officialName: 'The nation' }),
  animals: (id) => ({ slug: id, commonName: 'A bear', rank: 'SPECIES', taxonomy: { class: 'Mammalia', order: 'Carnivora', family: 'Ursidae' } }),
  events: (id) => ({ slug: id, title: 'A visit', kind: 'SUMMIT', summary: 'A visit.' }),
  claims: (id) => ({ code: id, source: known.ids.Source[0], statement: 'A pair of hawks.', certainty: 'STATED', about: [known.ids.Gift[0]] }),
  gifts: (id) => ({ slug: id, title: 'Hawks', giver: known.ids.Nation[0], recipient: known.ids.Nation[1], mode: 'GIFT', status: 'DELIVERED' }),
};
const KINDS = { sources: 'Source', nations: 'Nation', animals: 'Animal', events: 'Event', claims: 'Claim', gifts: 'Gift' };

/** The data of a request that must succeed. */
async function must(query, variables = {}) {
  const { data, errors } = await safe.ways.post({ query, variables });
  if (errors) throw new Error(`${query}: ${JSON.stringify(errors)}`);
  return data;
}

async function make(title) {
  const data = await must('mutation($input: CreateSourceInput!) { createSource(input: $input) { source { id } userErrors { message } } }', {
    input: { title, kind: 'WEB_PAGE' },
  });
  return data.createSource.source.id;
}

/** A root field with what it must do once: {name, input, type, made | updated | deleted | fails}. */
async function root(random, number, index) {
  const made = random.next();
  if (made < 0.5) {
    const plural = random.pick(Object.keys(NEW));
    const name = `create${KINDS[plural]}`;
    return { name, type: `Create${KINDS[plural]}Input!`, input: NEW[plural](`made-${run}-${number}-${index}`), made: plural };
  }
  if (made < 0.7) {
    const id = await make('Before');
    return { name: 'updateSource', type: 'UpdateSourceInput!', input: { id, title: `After ${index}` }, updated: id };
  }
  if (made < 0.88) {
    const id = await make('Gone soon');
    return { name: 'deleteSource', type: 'DeleteInput!', input: { id }, deleted: id };
  }
  // Tokens are for admins.
  return { name: 'createToken', type: 'CreateTokenInput!', input: { name: `made-${run}-${number}-${index}`, role: 'READER' }, fails: true };
}

/** How many documents there are of each kind, and the versions of these sources, null where one is gone. */
async function state(ids) {
  const counts = Object.keys(NEW).map((plural) => `${plural} { totalCount }`);
  const sources = ids.map((id, index) => `s${index}: source(id: ${JSON.stringify(id)}) { version }`);
  const data = await must(`{ ${[...counts, ...sources].join(' ')} }`);
  return {
    counts: Object.fromEntries(Object.keys(NEW).map((plural) => [plural, data[plural].totalCount])),
    versions: Object.fromEntries(ids.map((id, index) => [id, data[`s${index}`]?.version ?? null])),
  };
}

/** The state that these root fields leave behind when each runs once. */
function after({ counts, versions }, roots) {
  const left = { counts: { ...counts }, versions: { ...versions } };
  for (const { made, updated, deleted } of roots) {
    if (made) left.counts[made] += 1;
    if (updated) left.versions[updated] += 1;
    if (deleted) {
      left.versions[deleted] = null;
      left.counts.sources -= 1;
    }
  }
  return left;
}

/** The document with the names of types where several can stand, which graphql-js must know to go on. */
function withTypes(document) {
  const info = new TypeInfo(schema);
  const typename = { kind: Kind.FIELD, alias: { kind: Kind.NAME, value: TYPE }, name: { kind: Kind.NAME, value: '__typename' }, arguments: [], directives: [] };
  return visit(
    document,
    visitWithTypeInfo(info, {
      SelectionSet: (set) => (isAbstractType(info.getParentType()) ? { ...set, selections: [typename, ...set.selections] } : undefined),
    }),
  );
}

/** What the payloads say went wrong. */
function mistakes(form, data) {
  const payloads = operationOf(form).selectionSet.selections.filter((field) => field.selectionSet);
  return payloads.flatMap((payload) => {
    const errors = payload.selectionSet.selections.filter((field) => field.name?.value === 'userErrors');
    const of = data?.[(payload.alias ?? payload.name).value];
    return errors.flatMap((field) => of?.[(field.alias ?? field.name).value] ?? []);
  });
}

const summary = { seed, from, count, checked: 0, invalid: 0, roots: 0, occurrences: 0, failing: 0, lost: 0, different: 0, first: null, reasons: {} };

async function one(number) {
  const random = new Random(seedOf(seed, number));
  const [roots, variables] = [[], []];
  for (const index of Array(random.between(1, 4)).keys()) {
    const made = await root(random, number, index);
    const taken = roots.some(({ name }) => name === made.name);
    const key = taken || random.chance(0.3) ? `root_${index}` : made.name;
    variables.push([`input${index}`, { type: made.type, has: true, value: made.input }]);
    roots.push({ ...made, key, arguments: `input: $input${index}` });
  }
  const request = generateMutation(schema, known, seedOf(seed, number), roots, variables);
  const document = withTypes(parse(request.query));
  const prepared = prepare(schema, request);
  if (prepared.reason) {
    summary.invalid += 1;
    summary.reasons[prepared.reason] = (summary.reasons[prepared.reason] ?? 0) + 1;
    return;
  }
  const { form } = prepared;
  const keys = operationOf(form).selectionSet.selections.map((field) => (field.alias ?? field.name)?.value);
  const selected = keys.flatMap((key) => roots.find((known) => known.key === key) ?? []);
  const failing = selected.filter(({ fails }) => fails);
  const run = selected.filter(({ fails }) => !fails);
  const ids = roots.flatMap(({ updated, deleted }) => updated ?? deleted ?? []);

  const before = await state(ids);
  const way = random.pick(['post', 'post', 'socket']);
  let answer;
  try {
    answer = await ways[way]({ ...request, query: print(document) });
  } catch {
    // The connection broke, so nobody knows whether it ran.
    summary.lost += 1;
    return;
  }
  const now = await state(ids);

  summary.checked += 1;
  summary.roots += selected.length;
  summary.occurrences += request.query.match(/\b(create|update|delete)[A-Z]\w+\(/g)?.length ?? 0;
  if (failing.length > 0) summary.failing += 1;
  const differences = [];
  const expect = (against, expected, found) => {
    if (expected !== found) differences.push({ against, expected, found });
  };
  expect('what was changed', JSON.stringify(after(before, run)), JSON.stringify(now));
  // What is selected of a payload can be refused, such as a page behind something that is no cursor, or what is for admins.
  const isBelow = (error) => error.path?.length > 1 && error.extensions?.code === 'FORBIDDEN';
  const others = (answer.errors ?? []).filter((error) => error.extensions?.code !== 'BAD_USER_INPUT' && !isBelow(error));
  const refused = failing.map(({ key }) => [[key], 'FORBIDDEN']);
  expect('errors', JSON.stringify(refused), JSON.stringify(others.map((error) => [error.path, error.extensions?.code])));
  expect('nulls', '[]', JSON.stringify(misplacedNulls(schema, form, answer)));
  expect('mistakes', '[]', JSON.stringify(mistakes(form, answer.data)));
  const made = await reference(schema, document, request, answer);
  expect('reference', canonical(schema, form, made), canonical(schema, form, visible(answer)));
  if (differences.length === 0) return;
  summary.different += 1;
  summary.first ??= number;
  console.log(JSON.stringify({ number, way, ...request, differences }));
}

for (let number = from; number < from + count; number += 1) await one(number);
await Promise.all([close(), safe.close()]);
console.log(JSON.stringify({ summary }));
