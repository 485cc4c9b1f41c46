// Directives: known, in their place, once, with their arguments.

// The places of a request; `@` stands for the directive.
const places = [
  'query @ { __typename }',
  'query A ($a: Int @) { gifts(first: $a) { totalCount } }',
  '{ __typename @ }',
  '{ gifts @ { totalCount } }',
  '{ ...F @ } fragment F on Query { __typename }',
  '{ ... @ { __typename } }',
  '{ ... on Query @ { __typename } }',
  '{ ...F } fragment F on Query @ { __typename }',
];
const directives = [
  '@include(if: true)',
  '@skip(if: false)',
  '@skip(if: true) @include(if: true)',
  '@include(if: true) @include(if: true)',
  '@skip(if: true) @skip(if: false)',
  '@include(if: true) @skip(if: true) @include(if: true)',
  '@include',
  '@skip',
  '@include(if: null)',
  '@include(if: "true")',
  '@include(if: 1)',
  '@include(unless: true)',
  '@include(if: true, unless: false)',
  '@include(if: true, if: true)',
  '@Include(if: true)',
  '@zoo',
  '@zoo(a: 1)',
  '@zoo @zoo',
  '@deprecated',
  '@deprecated(reason: "a")',
  '@specifiedBy(url: "a")',
  '@oneOf',
  '@defer',
];

const documents = [
  'mutation @include(if: true) { __typename }',
  'subscription @skip(if: true) { __typename }',
  '{ gifts(first: 1 @include(if: true)) { totalCount } }',
  '{ gifts @include(if: true) (first: 1) { totalCount } }',
  '{ a: @include(if: true) gifts { totalCount } }',
  '{ gifts { totalCount } @include(if: true) }',
  '{ __typename @ include(if: true) }',
  '{ __typename @include (if: true) }',
  '{ __schema @include(if: true) { types @skip(if: false) { name @include(if: true) } } }',
  'query ($a: Boolean = true) { __typename @include(if: $a) @skip(if: $a) }',
  'query ($a: Boolean!) { gifts @include(if: $a) { nodes @skip(if: $a) { title @include(if: $a) } } }',
];

export default [...places.flatMap((place) => directives.map((directive) => place.replace('@', () => directive))), ...documents];
