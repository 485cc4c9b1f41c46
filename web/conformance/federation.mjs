// The API as a subgraph: composed with another by the tools of The Guild, and asked through their gateway:
// `node federation.mjs ADDRESS`.
//
// The other subgraph is a diary about gifts, with the types and resolvers below. Prints one line of JSON: {errors, requests,
// answers}: why composition fails, by question what was sent to this API for it, and what the gateway answers.

import { composeServices } from '@theguild/federation-composition';
import { getStitchedSchemaFromSupergraphSdl } from '@graphql-tools/federation';
import { buildSchema, execute, parse, print } from 'graphql';

const [address] = process.argv.slice(2);
if (!address) {
  console.error('usage: node federation.mjs ADDRESS; accepted is the address of a server, such as http://127.0.0.1:8080');
  process.exit(2);
}

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])\n';
const DIARY = `
  type Query { diary: [Entry!]! }
  type Entry { text: String! gift: Gift }
  type Gift @key(fields: "id") { id: ID! entries: [Entry!]! }
  type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
`;
const ENTRIES = [
  { text: 'The lions are fed.', of: 'gift_ru-kp-2024' },
  { text: 'The bears sleep.', of: 'gift_ru-kp-2024' },
  { text: 'Nobody has seen these.', of: 'gift_that-is-not-there' },
  { text: 'The pandas play.', of: 'gift_cn-jp' },
];

const entry = ({ text, of }) => ({ text, gift: { __typename: 'Gift', id: of } });
const gift = ({ id }) => ({ __typename: 'Gift', id, entries: ENTRIES.filter(({ of }) => of === id).map(entry) });
const diary = buildSchema(
  `directive @key(fields: String!) on OBJECT directive @shareable on OBJECT scalar _Any union _Entity = Gift
   ${DIARY} extend type Query { _entities(representations: [_Any!]!): [_Entity]! }`,
);
const roots = { diary: () => ENTRIES.map(entry), _entities: ({ representations }) => representations.map(gift) };

/** What was sent to the API for the question under way. */
let sent = [];

const executors = {
  diary: ({ document, variables }) => execute({ schema: diary, document, rootValue: roots, variableValues: variables }),
  async menagerie({ document, variables }) {
    sent.push({ query: print(document).replaceAll(/\s+/g, ' '), representations: variables?.representations?.length ?? null });
    const response = await fetch(`${address}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query: print(document), variables }),
    });
    return response.json();
  },
};

const asked = await executors.menagerie({ document: parse('{ _service { sdl } }') });
const { supergraphSdl, errors = [] } = composeServices([
  { name: 'menagerie', url: 'http://menagerie.invalid', typeDefs: parse(asked.data._service.sdl) },
  { name: 'diary', url: 'http://diary.invalid', typeDefs: parse(LINK + DIARY) },
]);

const QUESTIONS = {
  'from the diary': '{ diary { text gift { title giver { name } } } }',
  'from the gifts': '{ gifts(where: { slug: { in: ["ru-kp-2024", "cn-jp"] } }, orderBy: { field: TITLE }) { nodes { title entries { text } } pageInfo { hasNextPage } } }',
  'one gift': '{ gift(by: { slug: "cn-jp" }) { title entries { text gift { date { text } } } } }',
};
const [requests, answers] = [{}, {}];
if (supergraphSdl) {
  const schema = getStitchedSchemaFromSupergraphSdl({
    supergraphSdl,
    onSubschemaConfig: (config) => void (config.executor = executors[config.name.toLowerCase()]),
  });
  for (const [name, query] of Object.entries(QUESTIONS)) {
    sent = [];
    answers[name] = await execute({ schema, document: parse(query) });
    requests[name] = sent;
  }
}
console.log(JSON.stringify({ errors: errors.map((error) => error.message), requests, answers }));
