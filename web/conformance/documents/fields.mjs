// Fields and arguments: do they exist, have they selections, are required arguments there, can equal keys be merged.

const node = (selection) => `{ node(id: "gift_a") { ${selection} } }`;
const gifts = (selection) => `{ gifts { nodes { ${selection} } } }`;

const existing = [
  '{ zoo }',
  '{ zoo { id } }',
  '{ Gifts { totalCount } }',
  '{ gifts { total_count } }',
  gifts('zoo'),
  gifts('giver { zoo }'),
  gifts('giver { capital { location { lon lat height } } }'),
  node('title'),
  node('... on Gift { title name }'),
  node('id __typename'),
  '{ __typename { id } }',
  '{ __typename { } }',
  '{ __typename(a: 1) }',
  '{ gifts { __typename nodes { __typename } } }',
  '{ gifts { __schema { types { name } } } }',
  '{ gifts { __type(name: "Gift") { name } } }',
  '{ __name }',
  '{ __typenames }',
  '{ a: __typename b: __typename a: __typename }',
  '{ __schema { queryType { name } mutationType { name } subscriptionType { name } types { name } directives { name } description } }',
  '{ __type(name: "Gift") { kind name description specifiedByURL fields { name } interfaces { name } possibleTypes { name } enumValues { name } inputFields { name } ofType { name } isOneOf } }',
  '{ __type(name: "Gift") { fields(includeDeprecated: true) { name isDeprecated deprecationReason args(includeDeprecated: true) { name defaultValue isDeprecated deprecationReason } } } }',
  '{ __type(name: "GiftFilter") { inputFields(includeDeprecated: true) { name type { name } } enumValues(includeDeprecated: true) { name isDeprecated deprecationReason } } }',
  '{ __schema { directives { name description isRepeatable locations args { name } } } }',
  '{ __schema { directives { args(includeDeprecated: true) { name } } } }',
  '{ __schema { directives { name onOperation onFragment onField } } }',
  '{ __type(name: "Gift") { fields(includeDeprecated: "yes") { name } } }',
  '{ __type(name: "Gift") { interfaces(includeDeprecated: true) { name } } }',
  '{ __type { name } }',
  '{ __type(name: null) { name } }',
  '{ __type(name: GIFT) { name } }',
  '{ __schema }',
  '{ __schema { types } }',
  '{ __schema { zoo } }',
  '{ __schema { types { __typename fields { __typename } } __typename } }',
];

// Introspection that nests; graphql-js draws a line at three lists.
const nested = ['fields { type { ', 'interfaces { fields { type { ', 'possibleTypes { interfaces { '].flatMap((step) =>
  [1, 2, 3, 4].map((times) => {
    const closing = ' }'.repeat(times * step.split('{').length - times);
    return `{ __type(name: "Gift") { ${step.repeat(times)}name${closing} } }`;
  }),
);

const leaves = [
  '{ gifts }',
  '{ gifts { nodes } }',
  '{ gifts { totalCount { value } } }',
  '{ node(id: "a") }',
  gifts('title { text }'),
  gifts('mode { text }'),
  gifts('createdAt { text }'),
  gifts('giver'),
  gifts('inferred { text }'),
  gifts('total'),
  gifts('items'),
  gifts('title @include(if: true) { text }'),
  gifts('... on Gift { giver }'),
  gifts('id { __typename }'),
];

const required = [
  '{ node { id } }',
  '{ nodes { id } }',
  '{ node(id: null) { id } }',
  '{ node(ids: "a") { id } }',
  '{ a: node { id } b: node(id: "a") { id } }',
  '{ nodes(ids: null) { id } }',
  '{ nodes(ids: [null]) { id } }',
  '{ nodes(ids: []) { id } }',
  'query ($id: ID) { node(id: $id) { id } }',
  '{ ...F } fragment F on Query { node { id } }',
];

const known = [
  '{ gifts(count: 1) { totalCount } }',
  '{ gifts(First: 1) { totalCount } }',
  '{ gifts(first: 1, zoo: null) { totalCount } }',
  '{ gifts { totalCount(exact: true) } }',
  gifts('title(language: "en")'),
  gifts('claims(first: 1, page: 2) { totalCount }'),
  '{ gifts { nodes(first: 1) { id } } }',
  '{ gifts(first: 1, first: 1) { totalCount } }',
  '{ gifts(first: 1, after: null, first: 2) { totalCount } }',
  '{ gift(slug: "a", slug: "b") { id } }',
  gifts('claims(first: 1, first: 1) { totalCount }'),
  '{ node(id: "a", id: "a") { id } }',
];

// Pairs of selections that may stand side by side in one selection set, or may not.
const merges = [
  ['title', 'title'],
  ['a: title', 'a: title'],
  ['a: title', 'a: slug'],
  ['title: slug', 'title'],
  ['a: title', 'a: mode'],
  ['a: title', 'a: giver { id }'],
  ['a: giver { id }', 'a: recipient { id }'],
  ['a: giver { id }', 'a: giver { name }'],
  ['giver { a: id }', 'giver { a: name }'],
  ['giver { a: id }', 'giver { b: name }'],
  ['giver { capital { a: name } }', 'giver { capital { a: __typename } }'],
  ['giver { capital { a: name } }', 'giver { capital { a: name } }'],
  ['giver { capital { location { a: lon } } }', 'giver { capital { location { a: lat } } }'],
  ['claims(first: 1) { totalCount }', 'claims(first: 2) { totalCount }'],
  ['claims(first: 1) { totalCount }', 'claims { totalCount }'],
  ['claims(first: 1) { totalCount }', 'claims(first: 1) { nodes { id } }'],
  ['claims(first: 1, after: "a") { totalCount }', 'claims(after: "a", first: 1) { totalCount }'],
  ['claims(where: {text: "a", conflicting: true}) { totalCount }', 'claims(where: {conflicting: true, text: "a"}) { totalCount }'],
  ['claims(where: {text: "a"}) { totalCount }', 'claims(where: {text: "b"}) { totalCount }'],
  ['claims(where: {text: "a"}) { totalCount }', 'claims(where: {text: """a"""}) { totalCount }'],
  ['claims(where: {certainty: {in: [STATED, QUOTED]}}) { totalCount }', 'claims(where: {certainty: {in: [QUOTED, STATED]}}) { totalCount }'],
  ['claims(where: {certainty: {in: [STATED]}}) { totalCount }', 'claims(where: {certainty: {in: STATED}}) { totalCount }'],
  ['title @include(if: true)', 'title @skip(if: true)'],
  ['a: title @skip(if: true)', 'a: slug @include(if: true)'],
  ['__typename', '__typename @include(if: true)'],
  ['a: __typename', 'a: title'],
  ['__typename', '__typename: title'],
];
const merged = merges.flatMap(([one, other]) => [
  gifts(`${one} ${other}`),
  gifts(`... on Gift { ${one} } ... { ${other} }`),
  `{ gifts { nodes { ...F ...G } } } fragment F on Gift { ${one} } fragment G on Gift { ${other} }`,
  `{ gifts { nodes { ...F } nodes { ...G } } } fragment F on Gift { ...H } fragment G on Gift { ${other} } fragment H on Gift { ${one} }`,
]);

// The same under types that exclude each other: names and arguments may differ, shapes may not.
const shapes = [
  ['Gift', 'a: title', 'Nation', 'a: name'],
  ['Gift', 'a: title', 'Nation', 'a: region'],
  ['Gift', 'a: title', 'Nation', 'a: version'],
  ['Gift', 'a: title', 'Nation', 'a: id'],
  ['Gift', 'a: mode', 'Event', 'a: kind'],
  ['Gift', 'a: status', 'Event', 'a: status'],
  ['Gift', 'a: inferred', 'Animal', 'a: nativeTo'],
  ['Gift', 'a: inferred', 'Animal', 'a: slug'],
  ['Gift', 'a: createdAt', 'Nation', 'a: updatedAt'],
  ['Gift', 'a: createdAt', 'Nation', 'a: name'],
  ['Gift', 'a: giver { id }', 'Event', 'a: place { name }'],
  ['Gift', 'a: giver { b: name }', 'Event', 'a: place { b: name }'],
  ['Gift', 'a: giver { b: name }', 'Event', 'a: place { b: kind }'],
  ['Gift', 'a: origin { b: name }', 'Event', 'a: place { b: city }'],
  ['Gift', 'a: items { b: attributes }', 'Event', 'a: people { b: name }'],
  ['Gift', 'a: items { b: status }', 'Event', 'a: people { b: office }'],
  ['Gift', 'a: giver { id }', 'Event', 'a: nations { role }'],
  ['Gift', 'claims(first: 1) { totalCount }', 'Event', 'claims(first: 2) { totalCount }'],
  ['Gift', 'claims(first: 1) { a: totalCount }', 'Event', 'claims(first: 2) { a: __typename }'],
  ['Gift', 'a: title', 'Node', 'a: id'],
  ['Gift', 'title', 'Node', 'title: id'],
  ['Node', 'a: id', 'Node', 'a: __typename'],
];
const shaped = shapes.flatMap(([type, one, other, two]) => [
  node(`... on ${type} { ${one} } ... on ${other} { ${two} }`),
  `{ node(id: "a") { ...F ...G } } fragment F on ${type} { ${one} } fragment G on ${other} { ${two} }`,
]);

const deep = [
  '{ a: gifts { totalCount } a: nations { totalCount } }',
  '{ gifts { nodes { a: giver { x: id } a: giver { x: slug } } } }',
  '{ gifts { nodes { id } edges { node { id } } } gifts { nodes { id: title } edges { node { id } } } }',
  '{ gifts { nodes { giver { giftsGiven { nodes { x: title } } } giver { giftsGiven { nodes { x: slug } } } } } }',
  '{ x: gifts(first: 1) { ...F } x: gifts(first: 1) { ...G } } fragment F on GiftConnection { nodes { a: id } } fragment G on GiftConnection { nodes { a: slug } }',
  'query ($a: Int, $b: Int) { gifts(first: $a) { totalCount } gifts(first: $b) { totalCount } }',
  'query ($a: Int) { gifts(first: $a) { totalCount } gifts(first: $a) { totalCount } }',
  'query ($a: Int = 1) { gifts(first: $a) { totalCount } gifts(first: 1) { totalCount } }',
  'query A { gifts(first: 1) { totalCount } } query B { gifts(first: 2) { totalCount } }',
];

export default [...existing, ...nested, ...leaves, ...required, ...known, ...merged, ...shaped, ...deep];
