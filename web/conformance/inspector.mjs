// What has changed in the schema since the last release, by GraphQL Inspector: `node inspector.mjs RELEASED SCHEMA`, two files.
//
// Prints a JSON line: `changes`, how many there are; `breaking`, what breaks clients that did all right; `gone`, what was taken
// away after the released schema had called it deprecated; `dangerous`, what a client might not expect; `unclear`, what is
// deprecated without a reason that says since when and what to use instead. What to make of them is the caller's business.

import { readFileSync } from 'node:fs';

import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildASTSchema, DirectiveLocation, Kind, parse, visit } from 'graphql';

/** Where directives stand in requests; those that stand only in the schema, such as `@cost`, are no promise to clients. */
const { QUERY, MUTATION, SUBSCRIPTION, FIELD, FRAGMENT_DEFINITION, FRAGMENT_SPREAD, INLINE_FRAGMENT, VARIABLE_DEFINITION } = DirectiveLocation;
const OF_REQUESTS = new Set([QUERY, MUTATION, SUBSCRIPTION, FIELD, FRAGMENT_DEFINITION, FRAGMENT_SPREAD, INLINE_FRAGMENT, VARIABLE_DEFINITION]);
/** Of those in the schema, the ones that change what a request may have. */
const FELT = new Set(['deprecated', 'oneOf']);

/** `Since 0.2: use ...`, with a name between backquotes. */
const REASON = /\bsince \d+\.\d+\b.*`[^`]+`/i;

/** The names of the types that a client meets who keeps away from what is deprecated. */
function met(document) {
  const leave = ({ directives }) => (directives.some(({ name }) => name.value === 'deprecated') ? null : undefined);
  const { definitions } = visit(document, { FieldDefinition: leave, InputValueDefinition: leave, EnumValueDefinition: leave });
  const names = new Set();
  const reach = (name) => {
    if (names.has(name)) return;
    names.add(name);
    for (const definition of definitions) {
      if (definition.interfaces?.some((one) => one.name.value === name)) reach(definition.name.value);
      if (definition.name?.value === name) visit(definition, { NamedType: (type) => reach(type.name.value) });
    }
  };
  const roots = definitions.find(({ kind }) => kind === Kind.SCHEMA_DEFINITION)?.operationTypes.map(({ type }) => type.name.value);
  (roots ?? ['Query', 'Mutation', 'Subscription']).forEach(reach);
  return names;
}

/** What is deprecated, by its path, with the reason. */
function deprecations(document) {
  const found = [];
  const path = (ancestors) => ancestors.filter((one) => one.name && one.kind !== Kind.DIRECTIVE).map(({ name }) => name.value);
  visit(document, {
    Directive(node, _key, _parent, _path, ancestors) {
      if (node.name.value !== 'deprecated') return;
      found.push({ path: path(ancestors).join('.'), reason: node.arguments[0]?.value.value ?? '' });
    },
  });
  return found;
}

/** Whether clients can notice a change. */
function isNoticed(directives, { path }) {
  const name = /(?:^|\.)@(\w+)/.exec(path ?? '')?.[1];
  if (name === undefined || FELT.has(name)) return true;
  return directives.some((one) => one.name === name && one.locations.some((location) => OF_REQUESTS.has(location)));
}

const [released, current] = process.argv.slice(2).map((file) => parse(readFileSync(file, 'utf8')));
if (!current) {
  console.error('usage: node inspector.mjs RELEASED SCHEMA; accepted are the paths of two schema files');
  process.exit(2);
}
const [before, after] = [buildASTSchema(released), buildASTSchema(current)];
const directives = [...before.getDirectives(), ...after.getDirectives()];
const changes = (await diff(before, after)).filter((change) => isNoticed(directives, change));

const deprecated = new Set(deprecations(released).map(({ path }) => path));
const known = met(released);
/** What was deprecated may go, and with it the types that nothing else leads to. Until then it stays what it was. */
const isGone = ({ type, path }) => type.endsWith('_REMOVED') && (deprecated.has(path) || (type === 'TYPE_REMOVED' && !known.has(path)));

const of = (level) => changes.filter(({ criticality }) => criticality.level === level);
const told = ({ type, path, message }) => ({ type, path, message });
const breaking = of(CriticalityLevel.Breaking);
console.log(
  JSON.stringify({
    changes: changes.length,
    breaking: breaking.filter((change) => !isGone(change)).map(told),
    gone: breaking.filter(isGone).map(told),
    dangerous: of(CriticalityLevel.Dangerous).map(told),
    unclear: deprecations(current).filter(({ reason }) => !REASON.test(reason)),
  }),
);
