// Fragments: on what, known, used, possible, in circles.

const on = (type, selection = '__typename') => [
  `{ gifts { nodes { ... on ${type} { ${selection} } } } }`,
  `{ gifts { nodes { ...F } } } fragment F on ${type} { ${selection} }`,
  `{ node(id: "a") { ... on ${type} { ${selection} } } }`,
  `{ node(id: "a") { ...F } } fragment F on ${type} { ${selection} }`,
];

// Object types, the interface, and what no fragment can be on.
const types = ['Gift', 'Nation', 'Node', 'Query', 'GiftConnection', 'GiftFilter', 'GiftMode', 'String', 'ID', 'Date', 'Zoo', '__Type'];

const documents = [
  '{ ... { __typename } }',
  '{ ... { ... { ... { __typename } } } }',
  '{ ... @include(if: true) { __typename } }',
  '{ ... on Query @skip(if: false) { __typename } }',
  '{ ... on Query { ... on Query { __typename } } }',
  '{ ... on Node { __typename } }',
  '{ gifts { ... on Node { id } } }',
  '{ gifts { nodes { ... on Node { ... on Gift { title } } } } }',
  '{ gifts { nodes { ... on Node { ... on Nation { name } } } } }',
  '{ gifts { nodes { ... on Node { title } } } }',
  '{ node(id: "a") { ... on Gift { ... on Nation { name } } } }',
  '{ node(id: "a") { ... on Gift { ... on Node { ... on Nation { name } } } } }',
  '{ node(id: "a") { ...F } } fragment F on Gift { ...G } fragment G on Nation { name }',
  '{ node(id: "a") { ...F } } fragment F on Node { ...G } fragment G on Nation { name }',
  '{ gifts { nodes { ... { title } } } }',
  '{ gifts { nodes { ... { name } } } }',
  '{ gifts { nodes { ...F } } } fragment F on Gift { title ... { slug } }',
  // Known and unique.
  '{ ...F }',
  '{ ...F } fragment f on Query { __typename }',
  '{ ...F ...G } fragment F on Query { __typename }',
  '{ gifts { nodes { ...Missing } } }',
  '{ ...F } fragment F on Query { ...Missing }',
  '{ ...F } fragment F on Query { __typename } fragment F on Query { __typename }',
  '{ ...F } fragment F on Query { __typename } fragment F on Gift { title }',
  '{ ...F ...G } fragment F on Query { __typename } fragment G on Query { __typename } fragment F on Query { a: __typename }',
  '{ ...A } fragment A on Query { ...B } fragment B on Query { __typename } fragment B on Query { __typename }',
  'query A { ...F } query B { ...F } fragment F on Query { __typename }',
  '{ ...F ...F ...F } fragment F on Query { __typename }',
  // Used.
  '{ __typename } fragment F on Query { __typename }',
  '{ __typename } fragment F on Query { ...G } fragment G on Query { __typename }',
  '{ ...F } fragment F on Query { __typename } fragment G on Gift { title }',
  '{ __typename } fragment F on Gift { zoo }',
  '{ __typename } fragment F on Zoo { name }',
  '{ __typename } fragment F on Query { ...F }',
  'query A { ...F } query B { __typename } fragment F on Query { __typename }',
  '{ ...F @skip(if: true) } fragment F on Query { __typename }',
  // Circles.
  '{ ...F } fragment F on Query { ...F }',
  '{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }',
  '{ ...F } fragment F on Query { ...G } fragment G on Query { ...H } fragment H on Query { ...F }',
  '{ ...F } fragment F on Query { __typename ...G } fragment G on Query { ...H } fragment H on Query { ...G }',
  '{ ...F } fragment F on Query { ... { ...F } }',
  '{ ...F } fragment F on Query { ... on Query { ...G } } fragment G on Query { ... @skip(if: true) { ...F } }',
  '{ gifts { nodes { ...F } } } fragment F on Gift { giver { giftsGiven { nodes { ...F } } } }',
  '{ gifts { nodes { ...F } } } fragment F on Gift { giver { ...G } } fragment G on Nation { giftsGiven { nodes { ...F } } }',
  '{ gifts { nodes { ...F } } } fragment F on Gift { a: giver { giftsGiven { nodes { a: title ...F } } } }',
  '{ ...F ...G } fragment F on Query { ...H } fragment G on Query { ...H } fragment H on Query { __typename }',
  '{ ...F } fragment F on Query { __typename @include(if: true) ...F @include(if: false) }',
];

const chain = [2, 10, 30].map((length) => {
  const link = (index) => `fragment F${index} on Query { __typename ${index + 1 < length ? `...F${index + 1}` : ''} }`;
  return `{ ...F0 } ${Array.from({ length }, (_, index) => link(index)).join(' ')}`;
});
const ring = [2, 10, 30].map((length) => {
  const link = (index) => `fragment F${index} on Query { __typename ...F${(index + 1) % length} }`;
  return `{ ...F0 } ${Array.from({ length }, (_, index) => link(index)).join(' ')}`;
});

export default [...types.flatMap((type) => on(type)), ...on('Gift', 'title'), ...on('Nation', 'name'), ...documents, ...chain, ...ring];
