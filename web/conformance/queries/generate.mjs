// Random valid queries over the whole schema.
//
// Two fields of one response key are merged where they meet, which the rules of validation allow only where they say the
// same (GraphQL of September 2025, 5.3.2). So a response key means one field and one shape in the whole document, and one
// set of arguments on each type; what is made so is nearly always valid, however the fragments lie.

import {
  doTypesOverlap, getNamedType, isAbstractType, isCompositeType, isLeafType, isListType, isNonNullType,
  isUnionType, SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef,
} from 'graphql';

import { Random } from './random.mjs';
import { Values } from './values.mjs';

/** How deep the fields lie within each other, of those that a query begins with. */
const DEPTH = 7;
/** How many fields the answer has, roughly: this bounds both the cost and the time. */
const FIELDS = 1_500;
/** How many rows a page of pages has. */
const ROWS = 40;
const FRAGMENTS = 12;
const DIRECTIVES = 24;
const ALIASES = 20;
/** How many rows a page has that does not say, and how long a list is taken to be that is stored in a document. */
const DEFAULT_ROWS = 20;
const STORED = 2;

/** The fields of introspection that must not lie within each other often. */
const WIDE = ['fields', 'inputFields', 'interfaces', 'possibleTypes'];

/** What graphql-js has of introspection beyond the specification of September 2025. */
const STRAYS = { __Directive: ['isDeprecated', 'deprecationReason'] };

/** The fields that fetch one document, by one of their arguments. */
const KEYS = ['by', 'id', 'slug', 'code', 'isoAlpha2'];

/** What only editors may read: it is asked for seldom, or most queries would come to an error. */
const FOR_EDITORS = ['history', 'tokens'];

/** What `#conditions` has found, which takes a while for each type. */
const CONDITIONS = new Map();

/** A random query: {query, operationName, variables}. The same seed makes the same query of the same data. */
export function generate(schema, pool, seed) {
  return new Generator(schema, pool, new Random(seed)).query();
}

/**
 * A random mutation of these root fields, each several times and in fragments: {query, operationName, variables}. `roots` tells them by
 * their response keys, {key, name, arguments}, and `variables` those that their arguments use.
 */
export function generateMutation(schema, pool, seed, roots, variables) {
  return new Generator(schema, pool, new Random(seed)).mutation(roots, variables);
}

class Generator {
  #schema;
  #pool;
  #random;
  #values;
  /** What a response key means: the field's name and the shape of its value. */
  #keys = new Map();
  /** The arguments of a response key on a type, and how many rows they ask for. */
  #arguments = new Map();
  /** The fields that were selected on a type. */
  #selected = new Map();
  /** The fragments that are finished: {name, type, text, depth, fields, wide}. */
  #fragments = [];
  #names = 0;
  #fields = 0;
  #directives = 0;
  #aliases = 0;
  /** The root fields of a mutation: {key, name, arguments}. */
  #roots = [];

  constructor(schema, pool, random) {
    this.#schema = schema;
    this.#pool = pool;
    this.#random = random;
    this.#values = new Values(random, pool);
  }

  /** A query of one to three operations. */
  query() {
    const random = this.#random;
    const root = this.#schema.getQueryType();
    const count = random.chance(0.8) ? 1 : random.between(2, 3);
    const bodies = Array.from({ length: count }, () => this.#set(root, { depth: DEPTH, rows: 1 }, random.between(1, 4)).text);
    return this.#request('query', bodies);
  }

  /** A mutation of these root fields. */
  mutation(roots, variables) {
    const random = this.#random;
    const root = this.#schema.getMutationType();
    this.#roots = roots;
    for (const [name, variable] of variables) this.#values.variables.set(name, variable);
    // Each twice at least, and what chance adds.
    const place = { depth: 5, rows: 1 };
    const twice = [...roots, ...roots].map((made) => this.#root(root, made, place).text);
    const others = Array.from({ length: random.between(1, 3) }, () => this.#inline(root, place).text);
    const spread = Array.from({ length: random.between(0, 2) }, () => this.#spread(root, place).text);
    const selections = random.some([...twice, ...others, ...spread], Infinity);
    return this.#request('mutation', [`{ ${selections.join(' ')} }`]);
  }

  /** {query, operationName, variables} of operations of this kind. */
  #request(kind, bodies) {
    const random = this.#random;
    const count = bodies.length;
    const named = count > 1 || random.chance(0.5);
    const operations = bodies.map((body, index) => {
      const used = this.#used(body);
      const definitions = [...this.#values.variables].filter(([name]) => used.has(name)).map(definition);
      const parameters = definitions.length > 0 ? `(${definitions.join(', ')})` : '';
      if (kind === 'query' && !named && parameters === '' && random.chance(0.5)) return body;
      return `${kind}${named ? ` Operation${index + 1}` : ''}${parameters} ${body}`;
    });
    const fragments = this.#fragments.map(({ name, type, text }) => `fragment ${name} on ${type.name} ${text}`);
    const variables = {};
    for (const [name, variable] of this.#values.variables) if (variable.has) variables[name] = variable.value;
    const operationName = named && (count > 1 || random.chance(0.7)) ? `Operation${random.between(1, count)}` : undefined;
    return { query: random.some([...operations, ...fragments], Infinity).join('\n'), operationName, variables };
  }

  /** The variables that a text uses, by the fragments that it spreads too. */
  #used(text, used = new Set()) {
    for (const [, name] of text.matchAll(/\$(\w+)/g)) used.add(name);
    for (const fragment of this.#fragments) {
      if (new RegExp(`\\.\\.\\.${fragment.name}\\b`).test(text)) this.#used(fragment.text, used);
    }
    return used;
  }

  /**
   * A selection set: {text, depth, fields}. `place` is {depth, rows, wide}: how deep it may still go, how many such
   * places the answer has, and whether it lies below a wide field of introspection.
   */
  #set(type, place, count) {
    const selections = Array.from({ length: count }, () => this.#selection(type, place));
    return {
      text: `{ ${selections.map((selection) => selection.text).join(' ')} }`,
      depth: Math.max(...selections.map((selection) => selection.depth)),
      fields: selections.reduce((sum, selection) => sum + selection.fields, 0),
    };
  }

  #selection(type, place) {
    const random = this.#random;
    const made = random.next();
    // A union has no fields, and what is asked of an interface stands mostly in fragments.
    const fragments = isUnionType(type) ? 0.85 : isAbstractType(type) ? 0.7 : 0.22;
    if (place.depth > 0 && made < fragments) return random.chance(0.6) ? this.#inline(type, place) : this.#spread(type, place);
    if (isUnionType(type) || made > 0.93) return this.#typename(type);
    return this.#field(type, place);
  }

  /** A directive now and then; most let what they stand at stand. */
  #directive() {
    const random = this.#random;
    if (this.#directives >= DIRECTIVES || !random.chance(0.12)) return '';
    this.#directives += 1;
    const include = () => ` @include(if: ${this.#values.condition(0.7)})`;
    const skip = () => ` @skip(if: ${this.#values.condition(0.3)})`;
    const directives = random.pick([[include], [skip], [skip], [include], [include, skip], [skip, include]]);
    return directives.map((directive) => directive()).join('');
  }

  /** The types of a fragment that can stand where this type does. */
  #conditions(type) {
    if (!CONDITIONS.has(type)) {
      const all = Object.values(this.#schema.getTypeMap()).filter(isCompositeType);
      CONDITIONS.set(type, all.filter((other) => doTypesOverlap(this.#schema, type, other)));
    }
    return CONDITIONS.get(type);
  }

  #inline(type, place) {
    const random = this.#random;
    const plain = random.chance(isAbstractType(type) ? 0.1 : 0.4);
    const on = plain ? type : random.pick(this.#conditions(type));
    const head = `...${plain ? '' : ` on ${on.name}`}${this.#directive()}`;
    const set = this.#set(on, { ...place, depth: place.depth - 1 }, random.between(1, 3));
    return { ...set, text: `${head} ${set.text}` };
  }

  #spread(type, place) {
    const random = this.#random;
    const fits = (fragment) =>
      fragment.depth <= place.depth &&
      this.#fields + fragment.fields * place.rows <= FIELDS &&
      !(place.wide && fragment.wide) &&
      doTypesOverlap(this.#schema, type, fragment.type);
    const known = this.#fragments.filter(fits);
    let fragment;
    if (known.length > 0 && random.chance(0.6)) fragment = random.pick(known);
    else if (this.#names < FRAGMENTS) fragment = this.#fragment(random.pick(this.#conditions(type)), place);
    else return isUnionType(type) ? this.#typename(type) : this.#field(type, place);
    this.#fields += fragment.fields * place.rows;
    return { text: `...${fragment.name}${this.#directive()}`, depth: fragment.depth, fields: fragment.fields };
  }

  #fragment(type, place) {
    this.#names += 1;
    const name = `Fragment${this.#names}`;
    // It may stand in places with more rows too, so it does not grow large.
    const inner = { ...place, depth: Math.min(place.depth - 1, 4), rows: Math.max(place.rows, 2) };
    const set = this.#set(type, inner, this.#random.between(1, 4));
    const fragment = { name, type, ...set, wide: type.name.startsWith('__') && WIDE.some((field) => set.text.includes(field)) };
    this.#fragments.push(fragment);
    return fragment;
  }

  #typename(type) {
    const key = this.#key(type, TypeNameMetaFieldDef);
    return { text: `${key.text}${this.#directive()}`, depth: 0, fields: 1 };
  }

  /** A root field of a mutation. */
  #root(type, { key, name, arguments: given }, place) {
    const field = type.getFields()[name];
    const set = this.#set(getNamedType(field.type), { ...place, depth: place.depth - 1 }, this.#random.between(1, 3));
    const text = `${key === name ? name : `${key}: ${name}`}(${given})${this.#directive()} ${set.text}`;
    return { text, depth: set.depth + 1, fields: 1 + set.fields };
  }

  #field(type, place) {
    const random = this.#random;
    if (type === this.#schema.getMutationType()) return this.#root(type, random.pick(this.#roots), place);
    const field = this.#chosen(type, place);
    if (field === undefined) return this.#typename(type);
    const key = this.#key(type, field);
    const { text, rows } = this.#argumentsOf(type, field, key.name, place);
    const head = `${key.text}${text}${this.#directive()}`;
    this.#fields += place.rows;
    const inner = getNamedType(field.type);
    if (isLeafType(inner)) return { text: head, depth: 1, fields: 1 };
    const below = {
      depth: place.depth - 1,
      rows: place.rows * Math.max(rows, 1),
      wide: place.wide || WIDE.includes(field.name),
    };
    const set = this.#set(inner, below, random.pick([1, 1, 2, 2, 3, 4]));
    return { text: `${head} ${set.text}`, depth: set.depth + 1, fields: 1 + set.fields * Math.max(rows, 1) };
  }

  /** A field of the type that may stand here; often one that stands somewhere already, so that there is much to merge. */
  #chosen(type, place) {
    const random = this.#random;
    const meta = random.chance(0.05) && type === this.#schema.getQueryType();
    let fields = meta ? [SchemaMetaFieldDef, TypeMetaFieldDef] : Object.values(type.getFields());
    const may = (field) =>
      isLeafType(getNamedType(field.type)) ||
      (place.depth > 1 && this.#fields < FIELDS && place.rows < ROWS && !(place.wide && WIDE.includes(field.name)));
    const left = [...(STRAYS[type.name] ?? []), ...(random.chance(0.1) ? [] : FOR_EDITORS)];
    fields = fields.filter((field) => may(field) && !left.includes(field.name));
    const again = (this.#selected.get(type.name) ?? []).filter((field) => fields.includes(field));
    if (again.length > 0 && random.chance(0.4)) return random.pick(again);
    const composite = fields.filter((field) => !isLeafType(getNamedType(field.type)));
    if (composite.length > 0 && random.chance(0.55)) fields = composite;
    if (fields.length === 0) return undefined;
    const field = random.pick(fields);
    this.#selected.set(type.name, [...(this.#selected.get(type.name) ?? []), field]);
    return field;
  }

  /** The response key of a field: {name, text}, its own name or an alias that means nothing else in this document. */
  #key(type, field) {
    const random = this.#random;
    const shape = shapeOf(field.type);
    const means = (name) => {
      const known = this.#keys.get(name);
      return known === undefined || (known.field === field.name && known.shape === shape);
    };
    const candidates = [field.name];
    if (this.#aliases < ALIASES && random.chance(0.15)) {
      // The name of another field is an alias as good as any.
      const others = type.getFields ? Object.keys(type.getFields()) : [];
      candidates.unshift(random.chance(0.3) && others.length > 0 ? random.pick(others) : `${field.name}_${random.between(1, 2)}`);
    }
    for (let number = 3; !candidates.some(means); number += 1) candidates.push(`${field.name}_${number}`);
    const name = candidates.find(means);
    this.#keys.set(name, { field: field.name, shape });
    if (name === field.name) return { name, text: name };
    this.#aliases += 1;
    return { name, text: `${name}: ${field.name}` };
  }

  /** The arguments of a field, the same for each response key on its type: {text, rows}. */
  #argumentsOf(type, field, key, place) {
    const on = `${type.name}.${key}`;
    let made = this.#arguments.get(on);
    if (made === undefined) {
      made = this.#made(withoutStray(type, field), place);
      this.#arguments.set(on, made);
    }
    return made;
  }

  #made(field, place) {
    const random = this.#random;
    const values = this.#values;
    const named = new Map(field.args.map((argument) => [argument.name, argument]));
    const given = [];
    const give = (name, value) => given.push(`${name}: ${value.text}`);
    const take = (name) => {
      const argument = named.get(name);
      named.delete(name);
      return argument;
    };
    let rows = isListType(isNonNullType(field.type) ? field.type.ofType : field.type) ? STORED : 1;

    if (named.has('first')) {
      const [count, backward] = [random.pick([0, 1, 1, 2, 2, 3]), named.has('last') && random.chance(0.2)];
      const says = place.rows * DEFAULT_ROWS > ROWS || random.chance(0.95);
      if (says) give(backward ? 'last' : 'first', values.number(count));
      if (random.chance(0.03) && named.has('last')) give(backward ? 'first' : 'last', { text: 'null' });
      rows = says ? Math.max(count, 1) : DEFAULT_ROWS;
      for (const name of ['first', 'last']) take(name);
      for (const name of ['after', 'before']) {
        const argument = take(name);
        // A cursor belongs to the order that it was made in. Where it is refused, so is what was asked; and a mutation
        // that fails has its own tests.
        const page = getNamedType(field.type).name;
        const often = this.#roots.length > 0 ? 0 : this.#pool.cursors[page] ? 0.1 : 0.01;
        if (argument && random.chance(often)) {
          take('orderBy');
          give(name, values.place(argument.type, [page, name]));
        }
      }
    }
    const keys = KEYS.filter((name) => named.has(name));
    if (keys.length > 0 && field.name !== 'history') {
      const key = random.pick(keys);
      const kind = getNamedType(field.type).name;
      give(key, values.place(named.get(key).type, [kind, key], { known: !random.chance(0.05) }));
      for (const name of keys) take(name);
    }
    for (const argument of named.values()) {
      // In the specification, other than in graphql-js, `includeDeprecated` may not be null.
      const isRequired = (isNonNullType(argument.type) && argument.defaultValue === undefined) || argument.name === 'includeDeprecated';
      if (!isRequired && !random.chance(0.35)) continue;
      const hasDefault = argument.defaultValue !== undefined;
      give(argument.name, values.place(argument.type, [field.name, argument.name], { hasDefault, known: isRequired }));
    }
    const text = given.length > 0 ? `(${random.some(given, Infinity).join(', ')})` : '';
    return { text, rows };
  }
}

/** What two fields of one response key must have in common: lists, nulls, and the type of a value that is no object. */
function shapeOf(type) {
  const inner = getNamedType(type);
  return isCompositeType(inner) ? String(type).replace(inner.name, '{}') : String(type);
}

/** The field without the argument that graphql-js has beyond the specification: `directives` of `__Schema` has none. */
function withoutStray(type, field) {
  return type.name === '__Schema' && field.name === 'directives' ? { ...field, args: [] } : field;
}

function definition([name, variable]) {
  return `$${name}: ${variable.type}${variable.default === undefined ? '' : ` = ${variable.default}`}`;
}

