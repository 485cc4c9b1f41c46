// What graphql-js makes of a request over data that are merged already: those of the answer to its normal form.
//
// Each resolver reads what stands in its place in that answer, or throws the error that is told of it. What is put
// together, in which order, and where a null goes is then all graphql-js's work.

import {
  execute, getNamedType, getNullableType, GraphQLError, introspectionTypes, isAbstractType, isCompositeType, isListType,
  isNonNullType, responsePathAsArray, SchemaMetaFieldDef, TypeMetaFieldDef,
} from 'graphql';

import { fieldOf, operationOf, TYPE } from './normal.mjs';

// graphql-js answers introspection from its own schema, by resolvers of these fields. Without them it asks ours, which
// read the answer like all other fields do. Nothing else in these scripts needs them.
for (const field of [SchemaMetaFieldDef, TypeMetaFieldDef]) field.resolve = undefined;
for (const type of introspectionTypes) {
  if (type.getFields) for (const field of Object.values(type.getFields())) field.resolve = undefined;
}

const key = (path) => JSON.stringify(path);

/** graphql-js's answer to a request: {data, errors}, each error with the code of the one that it stands for. */
export async function reference(schema, document, { operationName, variables }, merged) {
  const errors = new Map((merged.errors ?? []).map((error) => [key(error.path), error]));
  // An error at a place, or undefined.
  const thrown = (path) => {
    const error = errors.get(key(path));
    return error && new GraphQLError(error.message, { extensions: error.extensions });
  };
  const read = (value, path) => {
    const error = thrown(path);
    if (error) return error;
    return Array.isArray(value) ? value.map((item, index) => read(item, [...path, index])) : value;
  };
  const answer = await execute({
    schema,
    document,
    operationName,
    variableValues: variables,
    rootValue: merged.data,
    fieldResolver: (source, _arguments, _context, info) => read(source[info.path.key], responsePathAsArray(info.path)),
    typeResolver: (value) => value[TYPE],
  });
  return JSON.parse(JSON.stringify(answer));
}

/**
 * What is wrong with the nulls that errors leave behind (6.4.4): each stands at the nearest place at or above its error
 * that may be null, and each error is told once. `document` is the normal form that `answer` belongs to.
 */
export function misplacedNulls(schema, document, answer) {
  const operation = operationOf(document);
  const root = schema.getRootType(operation.operation);
  const errors = (answer.errors ?? []).filter((error) => error.path !== undefined);
  const places = errors.map((error) => ({ error, place: nullPlace(schema, root, operation.selectionSet, error.path) }));
  const wrong = [];
  const told = new Set();
  for (const { error, place } of places) {
    if (told.has(key(error.path))) wrong.push(`the error at ${key(error.path)} is told twice`);
    told.add(key(error.path));
    const first = firstNull(answer.data, error.path);
    if (place === undefined) wrong.push(`no field of the request stands at ${key(error.path)}`);
    else if (first === undefined) wrong.push(`there is no null for the error at ${key(error.path)}`);
    else if (!places.some((other) => other.place !== undefined && key(other.place) === key(first))) {
      wrong.push(`the error at ${key(error.path)} makes ${key(place)} null, and ${key(first)} is`);
    }
  }
  return wrong;
}

/** The place that an error makes null: the nearest one at or above its path that may be. */
function nullPlace(schema, type, selectionSet, path) {
  let nearest = [];
  let [parents, sets] = [possible(schema, type), [selectionSet]];
  for (let index = 0; index < path.length; ) {
    // Of which of its types the parent was may not be known, where it is null now: then any that has the field.
    const found = parents.flatMap((parent) =>
      sets.flatMap((set) => fieldsOf(parent, set).filter((field) => (field.alias ?? field.name).value === path[index]).map((field) => ({ parent, field }))),
    );
    if (found.length === 0) return undefined;
    let { type: expected } = fieldOf(schema, found[0].parent, found[0].field.name.value);
    index += 1;
    for (;;) {
      if (!isNonNullType(expected)) nearest = path.slice(0, index);
      expected = getNullableType(expected);
      if (!isListType(expected) || typeof path[index] !== 'number') break;
      expected = expected.ofType;
      index += 1;
    }
    if (index < path.length && !isCompositeType(getNamedType(expected))) return undefined;
    parents = isCompositeType(getNamedType(expected)) ? possible(schema, getNamedType(expected)) : [];
    sets = found.map(({ field }) => field.selectionSet).filter(Boolean);
  }
  return nearest;
}

function possible(schema, type) {
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
}

/** The fields of a type in a selection set of a normal form. */
function fieldsOf(type, { selections }) {
  return selections.flatMap((selection) => {
    if (selection.kind === 'Field') return [selection];
    const on = selection.typeCondition?.name.value;
    return on === undefined || on === type.name ? fieldsOf(type, selection.selectionSet) : [];
  });
}

/** The first place on the way to a path where null stands. */
function firstNull(data, path) {
  let value = data;
  for (let index = 0; ; index += 1) {
    if (value === null || value === undefined) return path.slice(0, index);
    if (index === path.length) return undefined;
    value = value[path[index]];
  }
}
