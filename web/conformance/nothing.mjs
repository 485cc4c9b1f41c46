// Every composite field of the schema, asked of a running server with nothing selected of it: `node nothing.mjs ADDRESS
// --token TOKEN`, with the token of an admin.
//
// `field { ...@include(if: false) { __typename } }` selects nothing, so where there is an object the answer has an empty
// one: what `field { __typename }` gives, without the name. Each field is reached from Query by a way on which the server
// has data.
//
// Prints a JSON line for each field, {type, field, objects}, how many objects were found there, with {query, expected,
// found} where the answer was another one. What to make of them is the caller's business.

import { readFileSync } from 'node:fs';

import { buildSchema, getNamedType, isAbstractType, isCompositeType, SchemaMetaFieldDef, TypeMetaFieldDef } from 'graphql';

import { doors } from './queries/doors.mjs';
import { options } from './queries/options.mjs';
import { pool } from './queries/pool.mjs';

const USAGE = 'usage: node nothing.mjs ADDRESS [--token TOKEN]; accepted is the address of a server, such as http://127.0.0.1:8080';
const { addresses, token } = options(USAGE, 1, { token: undefined });
const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));
const { ways, close } = doors(addresses[0], token);
const { ids } = await pool(ways.post);

const NOTHING = '{ ...@include(if: false) { __typename } }';
/** How many ways to a type are tried until one has data. */
const WAYS = 20;
/** How many rows a page has, the first on a way, and those within it. */
const ROWS = [100, 4, 2];

/** What stands behind the name of a field on this way, for each of the ways that its arguments open. */
function calls(field, path) {
  const named = new Set(field.args.map((argument) => argument.name));
  const all = Object.values(ids).map((known) => known[0]);
  const arguments_ = [];
  const pages = path.filter((step) => step.includes('first: ')).length;
  if (named.has('first')) arguments_.push(`first: ${ROWS[Math.min(pages, ROWS.length - 1)]}`);
  if (named.has('text')) arguments_.push('text: "bear"');
  // graphql-js knows it at `directives` too, where the specification has none.
  if (named.has('includeDeprecated') && field.name !== 'directives') arguments_.push('includeDeprecated: true');
  const call = (...more) => {
    const given = [...arguments_, ...more];
    return given.length > 0 ? `${field.name}(${given.join(', ')})` : field.name;
  };
  if (named.has('ids')) return [call(`ids: ${JSON.stringify(all)}`)];
  if (named.has('representations')) {
    const of = Object.entries(ids).map(([kind, [id]]) => `{ __typename: "${kind}", id: ${JSON.stringify(id)} }`);
    return [call(`representations: [${of.join(', ')}]`)];
  }
  if (field === TypeMetaFieldDef) return ['Gift', 'Node', 'GiftFilter', 'GiftMode', 'ID'].map((name) => call(`name: "${name}"`));
  if (!named.has('id')) return [call()];
  const kind = getNamedType(field.type).name;
  return (isLookup(field) ? ids[kind].slice(0, 1) : all).map((id) => call(`id: "${id}"`));
}

/** Whether a field fetches one document of a kind that pages have too. */
function isLookup(field) {
  return ids[getNamedType(field.type).name] !== undefined && field.args.some((argument) => argument.name === 'id');
}

function written(path, last) {
  return path.reduceRight((inner, step) => `{ ${step} ${inner} }`, last);
}

async function data(query) {
  const { data: found, errors } = await ways.post({ query });
  return { text: JSON.stringify(found), errors };
}

/** The ways to each type that have data. */
const known = new Map([[schema.getQueryType().name, [[]]]]);

/** Holds the answer for nothing against the one for the names of types; gives how many objects there are. */
async function compare(path) {
  const named = await data(written(path, '{ __typename }'));
  if (named.errors) return { objects: 0, refused: named.errors[0].message };
  const query = written(path, NOTHING);
  const [expected, found] = [named.text.replaceAll(/\{"__typename":"\w+"\}/g, '{}'), await data(query)];
  const objects = named.text.match(/"__typename"/g)?.length ?? 0;
  if (!found.errors && found.text === expected) return { objects };
  return { objects, query, expected, found: found.errors ? JSON.stringify(found.errors) : found.text };
}

/** What is known of each field: {type, field, objects, …}. */
const fields = new Map();

async function look(type, field) {
  let best = { objects: 0 };
  for (const path of known.get(type.name)) {
    for (const call of calls(field, path)) {
      const next = [...path, call];
      const outcome = await compare(next);
      if (outcome.found !== undefined || outcome.objects > best.objects) best = outcome;
      if (outcome.refused && best.objects === 0) best = { ...outcome };
      // A page of documents leads to more than one of them does.
      if (outcome.objects > 0 && !isLookup(field)) reach(getNamedType(field.type), next);
    }
    if (best.objects > 0) break;
  }
  fields.set(`${type.name}.${field.name}`, { type: type.name, field: field.name, ...best });
}

const root = await data(NOTHING);
const rootFound = root.errors ? JSON.stringify(root.errors) : root.text;
fields.set('', { type: '', field: 'query', objects: 1, ...(rootFound === '{}' ? {} : { query: NOTHING, expected: '{}', found: rootFound }) });

// A type may have more ways once others have been walked, and then data where there were none.
for (let before = -1; before !== found(); ) {
  before = found();
  for (const name of known.keys()) {
    const type = schema.getType(name);
    const meta = type === schema.getQueryType() ? [SchemaMetaFieldDef, TypeMetaFieldDef] : [];
    for (const field of [...Object.values(type.getFields()), ...meta]) {
      if (!isCompositeType(getNamedType(field.type))) continue;
      if (!fields.get(`${type.name}.${field.name}`)?.objects) await look(type, field);
    }
  }
}
for (const field of fields.values()) console.log(JSON.stringify(field));
await close();

function found() {
  return [...fields.values()].filter((field) => field.objects > 0).length;
}

/** Notes a way to a type. The types of an interface or a union are all reached without it. */
function reach(type, path) {
  if (isAbstractType(type)) return;
  const paths = known.get(type.name) ?? [];
  if (paths.length < WAYS) paths.push(path);
  known.set(type.name, paths);
}
