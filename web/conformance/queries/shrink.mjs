// Makes a query smaller while it still shows what it shows.

import { Kind, print, visit } from 'graphql';

/** How many smaller queries are tried at most. */
const TRIES = 150;

/** The smallest request found of which `holds` is true, as it is of this one. `document` is its document. */
export async function shrink(request, document, holds) {
  let best = { request, document };
  let tries = 0;
  for (let smaller = true; smaller && tries < TRIES; ) {
    smaller = false;
    for (const candidate of candidates(best.document)) {
      if (tries >= TRIES) break;
      const tidied = tidy(candidate, request.operationName);
      const next = { ...request, query: print(tidied), variables: kept(request.variables, tidied) };
      if (next.query.length >= best.request.query.length) continue;
      tries += 1;
      if (await holds(next)) {
        best = { request: next, document: tidied };
        smaller = true;
        break;
      }
    }
  }
  return best.request;
}

/** The document without one operation, selection or directive, the largest ones first. */
function* candidates(document) {
  const places = [];
  const note = (node, key, parent) => {
    if (Array.isArray(parent) && parent.length > 1) places.push({ node, size: node.loc ? node.loc.end - node.loc.start : print(node).length });
  };
  visit(document, { Field: note, InlineFragment: note, FragmentSpread: note, OperationDefinition: note });
  visit(document, { Directive: (node) => void places.push({ node, size: 1 }) });
  places.sort((one, other) => other.size - one.size);
  for (const { node: left } of places) yield visit(document, { enter: (node) => (node === left ? null : undefined) });
  // What stands in a fragment can stand in its place.
  for (const fragment of document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)) {
    yield visit(document, {
      FragmentSpread: (spread) =>
        spread.name.value === fragment.name.value
          ? { kind: Kind.INLINE_FRAGMENT, typeCondition: fragment.typeCondition, directives: spread.directives, selectionSet: fragment.selectionSet }
          : undefined,
    });
  }
}

/** Without the fragments and variables that nothing uses. */
function tidy(document, operationName) {
  for (let before; before !== document.definitions.length; ) {
    before = document.definitions.length;
    const spread = new Set();
    visit(document, { FragmentSpread: (node) => void spread.add(node.name.value) });
    const used = (definition) => definition.kind !== Kind.FRAGMENT_DEFINITION || spread.has(definition.name.value);
    document = { ...document, definitions: document.definitions.filter(used) };
  }
  const definitions = document.definitions.map((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return definition;
    const used = variables(document, definition);
    const kept = (definition.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value));
    return { ...definition, variableDefinitions: kept };
  });
  const asked = (definition) => !operationName || definition.name?.value === operationName || definition.kind === Kind.FRAGMENT_DEFINITION;
  return definitions.some(asked) ? { ...document, definitions } : document;
}

/** The variables that an operation uses, in its fragments too. */
function variables(document, operation) {
  const fragments = new Map(document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((one) => [one.name.value, one]));
  const [used, seen] = [new Set(), new Set()];
  const look = (node) =>
    visit(node, {
      VariableDefinition: () => false,
      Variable: ({ name }) => void used.add(name.value),
      FragmentSpread: ({ name }) => {
        if (seen.has(name.value)) return;
        seen.add(name.value);
        look(fragments.get(name.value));
      },
    });
  look(operation);
  return used;
}

function kept(given, document) {
  const names = new Set();
  visit(document, { VariableDefinition: ({ variable }) => void names.add(variable.name.value) });
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.has(name)));
}
