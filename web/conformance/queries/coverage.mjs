// What queries had, for the count of a run: that it tests what it says, over the whole schema.

import {
  getNamedType, isAbstractType, isCompositeType, isInputObjectType, Kind, TypeInfo, visit, visitWithTypeInfo,
} from 'graphql';

import { operationOf } from './normal.mjs';

/** What a query has of that which is to be tested, as a list of names. `outcome` is what `check` gave. */
export function traits(schema, { request, document, form, normal }, { answer }) {
  const found = new Set();
  const info = new TypeInfo(schema);
  const has = (name, holds) => holds && found.add(name);
  visit(
    document,
    visitWithTypeInfo(info, {
      SelectionSet(node) {
        const fields = node.selections.filter((selection) => selection.kind === Kind.FIELD && selection.selectionSet);
        const keys = fields.map((field) => (field.alias ?? field.name).value);
        has('a field twice in one place', new Set(keys).size < keys.length);
        has('a fragment on an interface or a union', isAbstractType(info.getParentType()) && node.selections.some(isFragment));
      },
      FragmentDefinition: () => void found.add('a named fragment'),
      InlineFragment: (node) => has('a fragment within a fragment', node.selectionSet.selections.some(isFragment)),
      Directive: (node) => void found.add(`@${node.name.value}`),
      Variable: () => void found.add('variables'),
    }),
  );
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  has('several operations', operations.length > 1);
  for (const { variable, defaultValue } of operationOf(document, request.operationName).variableDefinitions ?? []) {
    const name = variable.name.value;
    if (!Object.hasOwn(request.variables, name)) found.add(defaultValue ? 'a variable with a default' : 'a variable left out');
    else if (request.variables[name] === null) found.add('a variable that is null');
    else if (typeof request.variables[name] === 'object') found.add('a variable that is a list or an object');
  }
  has('introspection', /\b__(schema|type)\b/.test(normal.query));
  has('an alias', /\w: \w+ *[({@\n]/.test(request.query));
  has('an error', answer.errors !== undefined);
  has('data', answer.data !== null && answer.data !== undefined);
  return [...found];
}

function isFragment(selection) {
  return selection.kind !== Kind.FIELD;
}

/** Which parts of the schema the queries of a run have: fields, arguments, and fields of inputs. */
export class Coverage {
  #schema;
  #left;

  constructor(schema) {
    this.#schema = schema;
    this.#left = reachable(schema);
  }

  /** Counts a document. */
  add(document) {
    const info = new TypeInfo(this.#schema);
    const seen = (...parts) => void this.#left.delete(parts.join('.'));
    visit(
      document,
      visitWithTypeInfo(info, {
        Field: (node) => seen(info.getParentType().name, node.name.value),
        Argument(node) {
          if (!info.getDirective()) seen(info.getParentType().name, info.getFieldDef().name, node.name.value);
        },
        ObjectField: (node) => seen(getNamedType(info.getParentInputType()).name, node.name.value),
      }),
    );
  }

  /** The parts that no document had. */
  left() {
    return [...this.#left].sort();
  }
}

/** All parts of the types that Query leads to. */
function reachable(schema) {
  const parts = new Set();
  const types = [schema.getQueryType()];
  for (const type of types) {
    const next = isAbstractType(type) ? [...schema.getPossibleTypes(type)] : [];
    for (const field of type.getFields ? Object.values(type.getFields()) : []) {
      parts.add(`${type.name}.${field.name}`);
      if (!isInputObjectType(type)) for (const argument of field.args) parts.add(`${type.name}.${field.name}.${argument.name}`);
      next.push(getNamedType(field.type), ...(field.args ?? []).map((argument) => getNamedType(argument.type)));
    }
    for (const one of next) if ((isCompositeType(one) || isInputObjectType(one)) && !types.includes(one)) types.push(one);
  }
  return parts;
}
