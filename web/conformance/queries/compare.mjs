// When two answers are the same: the data, value for value and key for key in this order, and of each error its path and
// its code.
//
// Not compared are the messages and the places in the document, which the normal form has elsewhere; the order of the
// errors, since fields are executed in any order; and what differs from one moment to the next: see VOLATILE.

import { getNamedType, isCompositeType } from 'graphql';

import { fieldOf, operationOf, TYPE } from './normal.mjs';

/** Fields that say something else each time that they are asked. They stand behind no interface and no union. */
const VOLATILE = new Set(['Query.changesCursor', 'SearchIndex.asOf', 'SearchIndex.lagMs', 'SearchIndex.live']);

/** An answer as a text that is the same for answers that are. `form` is the normal form of the request. */
export function canonical(schema, form, answer) {
  const { operation, selectionSet } = operationOf(form);
  const errors = (answer.errors ?? []).map((error) => JSON.stringify([error.path ?? null, error.extensions?.code ?? null]));
  const data = withoutTypes(still(schema, schema.getRootType(operation), selectionSet, answer.data));
  return JSON.stringify({ data, errors: errors.sort() });
}

/** The data with the type of each value that changes by itself in its place. */
function still(schema, type, { selections }, value) {
  if (Array.isArray(value)) return value.map((item) => still(schema, type, { selections }, item));
  if (value === null || typeof value !== 'object') return value;
  const fields = selections.filter((selection) => selection.kind === 'Field');
  const byKey = new Map(fields.map((field) => [(field.alias ?? field.name).value, field]));
  const kept = {};
  for (const [key, inner] of Object.entries(value)) {
    const field = byKey.get(key);
    const known = field && fieldOf(schema, type, field.name.value);
    if (!known) kept[key] = inner;
    else if (VOLATILE.has(`${type.name}.${known.name}`)) kept[key] = inner === null ? null : typeof inner;
    else if (isCompositeType(getNamedType(known.type))) {
      kept[key] = still(schema, getNamedType(known.type), field.selectionSet, inner);
    } else kept[key] = inner;
  }
  return kept;
}

/** The data without the names of types that only the normal form asks for. */
function withoutTypes(value) {
  if (Array.isArray(value)) return value.map(withoutTypes);
  if (value === null || typeof value !== 'object') return value;
  const others = Object.entries(value).filter(([key]) => key !== TYPE);
  return Object.fromEntries(others.map(([key, inner]) => [key, withoutTypes(inner)]));
}
