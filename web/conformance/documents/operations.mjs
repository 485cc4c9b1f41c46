// Operations and definitions: how many, which names, which kinds.

const names = ['A', 'B', 'on', 'query', 'fragment', '_'];

const documents = [
  '{ __typename }',
  'query { __typename }',
  'query A { __typename }',
  '{ __typename } { __typename }',
  '{ __typename } query { __typename }',
  '{ __typename } query A { __typename }',
  'query A { __typename } { __typename }',
  'query A { __typename } query { __typename }',
  'query A { __typename } query B { __typename }',
  'query A { __typename } query a { __typename }',
  'query A { ...A } fragment A on Query { __typename }',
  '{ ...F } fragment F on Query { __typename } { __typename }',
  'fragment F on Query { __typename }',
  'fragment F on Query { __typename } fragment G on Query { ...F }',
  // Kinds that the schema has not.
  'mutation { __typename }',
  'mutation M { createGift(title: "a") { id } }',
  'mutation { ... { __typename } }',
  'mutation { ... on Query { __typename } }',
  'mutation { ...F } fragment F on Query { __typename }',
  'mutation ($a: Int) { __typename }',
  'mutation ($a: Nothing) { __typename }',
  'mutation @skip { __typename }',
  'mutation { a @nothing }',
  'query A { __typename } mutation B { __typename }',
  'query A { __typename } mutation A { __typename }',
  'subscription { __typename }',
  'subscription S { changes { cursor } }',
  'subscription { a b }',
  'subscription { a: __typename b: __typename }',
  'query A { __typename } subscription B { changes { cursor } }',
  // Definitions of types are no business of a request.
  'type Zoo { name: String }',
  '{ __typename } type Zoo { name: String }',
  '{ __typename } extend type Query { zoo: String }',
  '{ __typename } extend type Gift { name: String }',
  '{ __typename } scalar Weight',
  '{ __typename } enum Food { HAY FISH }',
  '{ __typename } input Zoo { name: String }',
  '{ __typename } input Zoo @oneOf { name: String id: ID }',
  '{ __typename } interface Zoo { name: String }',
  '{ __typename } union Zoo = Gift | Event',
  '{ __typename } schema { query: Query }',
  '{ __typename } extend schema @nothing',
  '{ __typename } extend schema { mutation: Gift }',
  '{ __typename } directive @feed on FIELD',
  '{ __typename @feed } directive @feed on FIELD',
  '{ zoo } extend type Query { zoo: String }',
  'query A { __typename } type A { name: String }',
  '"A zoo." type Zoo { name: String }',
  // Descriptions.
  '"Why." query A { __typename }',
  '"""Why.""" query A { __typename }',
  '"Why." query { __typename }',
  '{ ...F } "Why." fragment F on Query { __typename }',
  'query ("How many." $first: Int) { gifts(first: $first) { totalCount } }',
  'query ($first: Int "How many.") { gifts(first: $first) { totalCount } }',
  '"Why." # comment\n query A { __typename }',
];

const doubled = names.flatMap((name) => [
  `query ${name} { __typename } query ${name} { __typename }`,
  `query ${name} { __typename } query Other { __typename } query ${name} { a: __typename }`,
]);
const lone = names.map((name) => `{ __typename } query ${name} { __typename } { __typename }`);

export default [...documents, ...doubled, ...lone];
