// The normal form of a request: what it asks, written so that nothing is left to merge or to decide.
//
// Made from the specification (GraphQL of September 2025, 6.3.2 CollectFields, 6.4.3 MergeSelectionSets) with the
// utilities of graphql-js, and from nothing of ours: `@skip` and `@include` decided, variables put in, fragments put in,
// each response key once in its place, in the order of CollectFields. Where an interface or a union stands there is one
// inline fragment for each type that it can be, and the type's name under `TYPE`, which tells which of them applies.

import {
  getDirectiveValues, getNamedType, getNullableType, getVariableValues, GraphQLIncludeDirective, GraphQLSkipDirective,
  isAbstractType, isCompositeType, isEnumType, isInputObjectType, isListType, isNonNullType, isObjectType, Kind,
  SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef,
} from 'graphql';

/** The response key of a type's name where several types can stand; no document of the generator has it. */
export const TYPE = 'type__';

/** The operation that a request runs. */
export function operationOf(document, operationName) {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const found = operations.filter((operation) => !operationName || operation.name?.value === operationName);
  if (found.length !== 1) throw new Error(`${found.length} operations fit ${operationName}`);
  return found[0];
}

/** A field of a type, those of introspection too. */
export function fieldOf(schema, type, name) {
  const meta = [SchemaMetaFieldDef, TypeMetaFieldDef].find((field) => field.name === name && type === schema.getQueryType());
  return meta ?? (name === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : type.getFields?.()[name]);
}

/** The normal form of a request: {document, variables}. Throws where the variables do not fit. */
export function normalForm(schema, document, operationName, variables) {
  const operation = operationOf(document, operationName);
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
  if (errors) throw new Error(`the variables do not fit: ${errors.map((error) => error.message).join('; ')}`);
  const form = new Form(schema, document, operation, coerced);
  const selectionSet = form.place(schema.getRootType(operation.operation), [operation.selectionSet]);
  const definitions = (operation.variableDefinitions ?? []).filter(({ variable }) => form.left.has(variable.name.value));
  const left = Object.fromEntries([...form.left].map((name) => [name, null]));
  const normal = { kind: Kind.OPERATION_DEFINITION, operation: operation.operation, variableDefinitions: definitions, selectionSet };
  return { document: { kind: Kind.DOCUMENT, definitions: [normal] }, variables: left };
}

class Form {
  /** The variables that stay: null in a place that does not allow it can be written in no other way. */
  left = new Set();

  constructor(schema, document, operation, values) {
    this.schema = schema;
    this.values = values;
    const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    this.fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  /** What these selection sets, merged, select of a type. */
  place(type, sets) {
    if (!isAbstractType(type)) {
      const selections = this.object(type, sets);
      return selectionSet(selections.length > 0 ? selections : [NOTHING]);
    }
    const selections = [{ ...fieldNode('__typename'), alias: nameNode(TYPE) }];
    for (const possible of this.schema.getPossibleTypes(type)) {
      const fields = this.object(possible, sets);
      if (fields.length > 0) selections.push(inlineFragment(possible.name, fields));
    }
    return selectionSet(selections);
  }

  object(type, sets) {
    const grouped = new Map();
    for (const set of sets) this.collect(type, set, grouped, new Set());
    return [...grouped].map(([key, nodes]) => this.field(type, key, nodes));
  }

  /** CollectFields: the fields of a type by their response keys, in the order in which each key is met first. */
  collect(type, { selections }, grouped, visited) {
    for (const selection of selections) {
      if (!this.stands(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        grouped.set(key, [...(grouped.get(key) ?? []), selection]);
        continue;
      }
      let fragment = selection;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const name = selection.name.value;
        if (visited.has(name)) continue;
        visited.add(name);
        fragment = this.fragments.get(name);
      }
      if (this.applies(fragment.typeCondition, type)) this.collect(type, fragment.selectionSet, grouped, visited);
    }
  }

  stands(selection) {
    if (getDirectiveValues(GraphQLSkipDirective, selection, this.values)?.if === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, selection, this.values)?.if !== false;
  }

  applies(condition, type) {
    if (!condition) return true;
    const on = this.schema.getType(condition.name.value);
    return isObjectType(on) ? on === type : this.schema.isSubType(on, type);
  }

  /** A field with all that is selected below its occurrences. */
  field(type, key, nodes) {
    const [first] = nodes;
    const definition = fieldOf(this.schema, type, first.name.value);
    const field = fieldNode(first.name.value);
    if (key !== first.name.value) field.alias = nameNode(key);
    field.arguments = first.arguments.flatMap((argument) => {
      const { type: expected } = definition.args.find((known) => known.name === argument.name.value);
      const value = this.value(argument.value, expected);
      return value === undefined ? [] : [{ ...argument, value }];
    });
    const inner = getNamedType(definition.type);
    if (isCompositeType(inner)) field.selectionSet = this.place(inner, nodes.map((node) => node.selectionSet));
    return field;
  }

  /** A value with its variables put in; undefined where it is a variable without a value. */
  value(node, type) {
    if (node.kind === Kind.VARIABLE) {
      const name = node.name.value;
      if (!Object.hasOwn(this.values, name)) return undefined;
      if (this.values[name] === null && isNonNullType(type)) {
        this.left.add(name);
        return node;
      }
      return literal(this.values[name], type);
    }
    let expected = getNullableType(type);
    if (node.kind === Kind.LIST) {
      return { ...node, values: node.values.map((item) => this.value(item, expected.ofType) ?? NULL) };
    }
    // A single value stands for a list of one.
    while (isListType(expected)) expected = getNullableType(expected.ofType);
    if (node.kind !== Kind.OBJECT || !isInputObjectType(expected)) return node;
    const fields = node.fields.flatMap((field) => {
      const value = this.value(field.value, expected.getFields()[field.name.value].type);
      return value === undefined ? [] : [{ ...field, value }];
    });
    return { ...node, fields };
  }
}

/** A coerced value as it is written in a document. */
function literal(value, type) {
  const expected = getNullableType(type);
  if (value === null) return NULL;
  if (isListType(expected)) return { kind: Kind.LIST, values: [value].flat().map((item) => literal(item, expected.ofType)) };
  if (isInputObjectType(expected)) {
    const fields = Object.entries(value).map(([name, given]) => ({
      kind: Kind.OBJECT_FIELD,
      name: nameNode(name),
      value: literal(given, expected.getFields()[name].type),
    }));
    return { kind: Kind.OBJECT, fields };
  }
  if (isEnumType(expected)) return { kind: Kind.ENUM, value: expected.serialize(value) };
  if (typeof value === 'boolean') return { kind: Kind.BOOLEAN, value };
  if (typeof value === 'number') return { kind: Number.isInteger(value) ? Kind.INT : Kind.FLOAT, value: String(value) };
  if (typeof value === 'string') return { kind: Kind.STRING, value };
  // Of a scalar that is an object, such as a representation.
  if (!Array.isArray(value)) {
    const fields = Object.entries(value).map(([name, given]) => ({ kind: Kind.OBJECT_FIELD, name: nameNode(name), value: literal(given, expected) }));
    return { kind: Kind.OBJECT, fields };
  }
  throw new Error(`a value of ${expected} cannot be written: ${JSON.stringify(value)}`);
}

const NULL = { kind: Kind.NULL };
const nameNode = (value) => ({ kind: Kind.NAME, value });
const selectionSet = (selections) => ({ kind: Kind.SELECTION_SET, selections });
const fieldNode = (name) => ({ kind: Kind.FIELD, name: nameNode(name), arguments: [] });
const inlineFragment = (on, selections, directives = []) => ({
  kind: Kind.INLINE_FRAGMENT,
  typeCondition: on === undefined ? undefined : { kind: Kind.NAMED_TYPE, name: nameNode(on) },
  directives,
  selectionSet: selectionSet(selections),
});

/** What a place selects of which nothing is selected: the grammar wants something to stand there. */
const NOTHING = inlineFragment(undefined, [fieldNode('__typename')], [
  {
    kind: Kind.DIRECTIVE,
    name: nameNode('include'),
    arguments: [{ kind: Kind.ARGUMENT, name: nameNode('if'), value: { kind: Kind.BOOLEAN, value: false } }],
  },
]);
