// Values of variables, fitting and not, and whether graphql-js takes them: `node variables.mjs ../../schema/schema.graphql`.
//
// Prints one line of JSON for each: {document, variables, accepted}. The variables are a text, for `1` and `1.0` are the
// same number to JavaScript and need not be to others.

import { readFileSync } from 'node:fs';
import { buildSchema, parse } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';

// A type, and where a variable of it stands.
const places = [
  ['Int', 'gifts(first: $v) { totalCount }'],
  ['Int!', 'gifts(first: $v) { totalCount }'],
  ['Int = 1', 'gifts(first: $v) { totalCount }'],
  ['ID', 'gift(id: $v) { id }'],
  ['ID!', 'node(id: $v) { id }'],
  ['[ID!]!', 'nodes(ids: $v) { id }'],
  ['[ID!]', 'gifts(where: { id: { in: $v } }) { totalCount }'],
  ['String', 'gift(slug: $v) { id }'],
  ['GiftBy', 'gift(by: $v) { id }'],
  ['GiftBy!', 'gift(by: $v) { id }'],
  ['Boolean!', '__typename @include(if: $v)'],
  ['GiftMode', 'gifts(where: { mode: { eq: $v } }) { totalCount }'],
  ['GiftFilter', 'gifts(where: $v) { totalCount }'],
  ['[GiftOrder!]', 'gifts(orderBy: $v) { totalCount }'],
];

const values = [
  ...['null', 'true', '"x"', '"1"', '"GIFT"', '"gift"', '[]', '{}'],
  ...['0', '-0', '1', '1.0', '1e0', '10e-1', '1.5', '-1.0', '2147483647', '2147483648', '2147483648.0', '-2147483648', '-2147483649'],
  ...['9007199254740993', '12345678901234567890123', '-12345678901234567890123', '1e30', '1e-1'],
  ...['[1]', '[1.0, 2]', '[1.5]', '["a"]', '[null]', '[["a"]]', '[true]', '["a", 12345678901234567890123]'],
  ...['{"text":"a"}', '{"text":1}', '{"zoo":1}', '{"text":null}', '{"total":{"atLeast":1.0}}', '{"total":{"atLeast":1.5}}'],
  ...['{"mode":{"eq":"GIFT"}}', '{"mode":{"eq":"GFT"}}', '{"mode":"GIFT"}', '{"and":[{"total":{"atLeast":2.0,"atMost":[3]}}]}'],
  ...['{"id":{"in":[1.0,2]}}', '{"id":{"in":[12345678901234567890123]}}', '{"id":{"in":"a"}}', '{"not":{"not":{"id":{"eq":1.5}}}}'],
  ...['{"slug":"a"}', '{"slug":null}', '{"slug":"a","id":null}', '{"slug":"a","id":"b"}', '{"slug":1}', '{"id":1}', '{"code":"a"}'],
  ...['[{"field":"DATE"}]', '{"field":"DATE"}', '[{"direction":"ASC"}]', '[{"field":"DATE","direction":"UP"}]', '[{"field":null}]'],
];

const path = process.argv[2];
if (!path) {
  console.error('usage: node variables.mjs SCHEMA; accepted is the path of a schema file');
  process.exit(2);
}
const schema = buildSchema(readFileSync(path, 'utf8'));

for (const [type, selection] of places) {
  const document = `query ($v: ${type}) { ${selection} }`;
  const { variableDefinitions } = parse(document).definitions[0];
  for (const variables of ['{}', ...values.map((value) => `{"v":${value}}`)]) {
    const { errors } = getVariableValues(schema, variableDefinitions, JSON.parse(variables));
    console.log(JSON.stringify({ document, variables, accepted: !errors }));
  }
}
