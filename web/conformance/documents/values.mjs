// Literals: each kind of value in each kind of place.

const literals = [
  'null', 'true', 'false', '0', '1', '-1', '2147483647', '2147483648', '-2147483648', '-2147483649', '9007199254740993', `1${'0'.repeat(40)}`,
  '1.0', '1.5', '1e3', '1e400', '"a"', '"1"', '"GIFT"', '"""GIFT"""', 'GIFT', 'gift', 'NOTHING', 'True', 'NULL', '[]', '{}', '[null]', '[1]', '["a"]',
  '[GIFT]', '["GIFT"]', '[GIFT, LOAN]', '[[GIFT]]', '{a: 1}', '{eq: "a"}', '[{}]',
];
const places = [
  (value) => `gifts(first: ${value}) { totalCount }`,
  (value) => `gift(slug: ${value}) { id }`,
  (value) => `gift(id: ${value}) { id }`,
  (value) => `nodes(ids: ${value}) { id }`,
  (value) => `gifts(where: {mode: {eq: ${value}}}) { totalCount }`,
  (value) => `gifts(where: {mode: {in: ${value}}}) { totalCount }`,
  (value) => `gifts(where: {slug: ${value}}) { totalCount }`,
  (value) => `gifts(where: {total: {sure: ${value}}}) { totalCount }`,
  (value) => `gifts(where: ${value}) { totalCount }`,
  (value) => `gifts(orderBy: ${value}) { totalCount }`,
  (value) => `__typename @include(if: ${value})`,
];
const placed = literals.flatMap((literal) => places.map((place) => `{ ${place(literal)} }`));

const objects = [
  '{text: "a"}',
  '{text: "a", text: "a"}',
  '{text: "a", mode: {eq: GIFT}, text: "b"}',
  '{mode: {eq: GIFT, eq: LOAN}}',
  '{and: [{text: "a", text: "a"}]}',
  '{zoo: "a"}',
  '{Text: "a"}',
  '{text: "a", zoo: {deep: [1, {er: 2}]}}',
  '{and: [{or: [{not: {text: "a"}}]}]}',
  '{and: {text: "a"}}',
  '{and: [[{text: "a"}]]}',
  '{and: [null]}',
  '{and: null, not: null, text: null}',
  '{and: [{zoo: 1}, {text: 1}]}',
  '{total: {atLeast: 1, sure: true}}',
  '{total: {atLeast: "1"}}',
  '{total: {atLeast: 1.0}}',
  '{total: {atLeast: 99999999999}}',
  '{total: {sure: "true"}}',
  '{total: {}}',
  '{date: {overlaps: 2018}}',
  '{date: {overlaps: "2018", known: null}}',
  '{giver: {isoAlpha2: {eq: KP}}}',
  '{giver: {isoAlpha2: {in: "KP"}}}',
  '{id: {eq: 1, in: [1, "a"]}}',
  '{id: {eq: 1.0}}',
  '{id: {in: [[1]]}}',
  '{mode: {in: [GIFT, "LOAN"]}}',
  '{mode: {in: [GIFT, null]}}',
  '{mode: GIFT}',
].map((value) => `{ gifts(where: ${value}) { totalCount } }`);

// Inputs of which exactly one field is given.
const oneOfs = [
  ...['{slug: "a"}', '{id: 1}', '{slug: null}', '{slug: "a", id: null}', '{slug: "a", id: "b"}', '{slug: "a", slug: "b"}', '{}', 'null', '[]', '"a"', '{code: "a"}', '{slug: 1}'].map(
    (value) => `{ gift(by: ${value}) { id } }`,
  ),
  ...['String', 'String!', 'String = "a"', 'String! = "a"', 'ID!'].map((type) => `query($v: ${type}) { gift(by: {slug: $v}) { id } }`),
  ...['GiftBy', 'GiftBy!', 'GiftBy = {slug: "a"}', 'GiftBy = {}', 'GiftBy = {slug: null}', 'GiftBy = {slug: "a", id: "b"}', 'NationBy'].map(
    (type) => `query($v: ${type}) { gift(by: $v) { id } }`,
  ),
  'query($a: String!, $b: ID!) { gift(by: {slug: $a, id: $b}) { id } }',
  'query($a: String) { nation(by: {isoAlpha2: $a}) { ...F } } fragment F on Nation { id }',
];

const orders = [
  '{field: DATE}',
  '[{field: DATE}, {field: TITLE, direction: DESC}]',
  '{direction: DESC}',
  '{field: null}',
  '{field: DATE, direction: null}',
  '{field: "DATE"}',
  '{field: DATES}',
  '{field: DATE, direction: desc}',
  '[{field: DATE}, {}]',
  '[{field: DATE}, null]',
].map((value) => `{ gifts(orderBy: ${value}) { totalCount } }`);

export default [...placed, ...objects, ...oneOfs, ...orders];
