// Random values of input types, with variables in every place where a value can stand.
//
// A value is {text, json}: as it stands in a document, and as a variable's value in JSON.

import { getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType, isRequiredInputField } from 'graphql';

const NULL = { text: 'null', json: null };

/** How many variables a document has at most. */
const VARIABLES = 40;

export class Values {
  /** The variables of the document: by name, {type, default, has, value}. `default` is the text of one, if any. */
  variables = new Map();
  #random;
  #pool;

  constructor(random, pool) {
    this.#random = random;
    this.#pool = pool;
  }

  /**
   * What stands in a place of this type.
   *
   * `hint` names what the value is about: the input types and fields that lead to it, outermost first. `hasDefault` says
   * whether the place has a value where a variable has none, `literal` that no variable can stand there, `known` that
   * it must be a value other than null, `inFilter` that null is refused there, and `oneOf` that also no variable may stand
   * there that could be null.
   */
  place(type, hint, { hasDefault = false, literal = false, known = false, inFilter = false, oneOf = false } = {}) {
    const random = this.#random;
    if (!literal && this.variables.size < VARIABLES && random.chance(0.25)) {
      return this.#variable(type, hint, { hasDefault, known, inFilter, oneOf });
    }
    if (!isNonNullType(type) && !known && !inFilter && random.chance(0.05)) return NULL;
    return this.#value(getNullableType(type), hint, literal);
  }

  /** How many rows: the number, or a variable that comes to it. */
  number(count) {
    const random = this.#random;
    if (this.variables.size >= VARIABLES || random.chance(0.7)) return { text: String(count) };
    const variable = random.pick([
      { type: 'Int', has: true, value: count },
      { type: 'Int!', has: true, value: count },
      { type: 'Int', default: String(count), has: false },
      { type: 'Int', default: '1', has: true, value: count },
    ]);
    return { text: this.#declare(variable) };
  }

  /** A condition of `@skip` or `@include`, which holds this often. */
  condition(often) {
    const random = this.#random;
    const value = random.chance(often);
    if (this.variables.size >= VARIABLES || random.chance(0.5)) return String(value);
    const other = String(random.chance(0.5));
    const given = random.pick([
      { type: 'Boolean!', has: true, value },
      { type: 'Boolean', default: other, has: true, value },
      { type: 'Boolean', default: String(value), has: false },
      { type: 'Boolean!', default: String(value), has: false },
    ]);
    return this.#declare(given);
  }

  #declare(variable) {
    const name = `v${this.variables.size + 1}`;
    this.variables.set(name, variable);
    return `$${name}`;
  }

  /**
   * A variable for a place: given, null, left out, or with a default, as far as the place allows. `known`: it must come
   * to a value other than null.
   */
  #variable(type, hint, { hasDefault, known, inFilter, oneOf }) {
    const random = this.#random;
    const nullable = getNullableType(type);
    const make = () => this.#value(nullable, hint, true);
    const certain = [
      () => ({ type: `${nullable}!`, has: true, value: make().json }),
      () => ({ type: `${nullable}!`, default: make().text, has: true, value: make().json }),
      () => ({ type: `${nullable}!`, default: make().text, has: false }),
    ];
    if (oneOf) return { text: this.#declare(random.pick(certain)()) };
    const options = [
      ...certain,
      // Where null is not allowed a variable that may be null can stand if it has a default, or the place has.
      () => ({ type: String(nullable), default: make().text, has: false }),
      () => ({ type: String(nullable), default: make().text, has: true, value: make().json }),
    ];
    if (!isNonNullType(type)) {
      options.push(() => ({ type: String(nullable), has: true, value: make().json }));
      if (!known) options.push(() => ({ type: String(nullable), has: false }));
      if (!known && !inFilter) {
        options.push(
          () => ({ type: String(nullable), has: true, value: null }),
          () => ({ type: String(nullable), default: 'null', has: false }),
          () => ({ type: String(nullable), default: make().text, has: true, value: null }),
        );
      }
    } else if (hasDefault) {
      options.push(() => ({ type: String(nullable), has: false }), () => ({ type: String(nullable), has: true, value: make().json }));
    }
    return { text: this.#declare(random.pick(options)()) };
  }

  #value(type, hint, literal) {
    const random = this.#random;
    if (isListType(type)) {
      // A single value stands for a list of one.
      if (random.chance(0.1)) return this.#value(getNullableType(type.ofType), hint, literal);
      const items = Array.from({ length: random.pick([0, 1, 1, 2, 2, 3]) }, () =>
        this.place(type.ofType, hint, { literal, known: isNonNullType(type.ofType) }),
      );
      return { text: `[${items.map((item) => item.text).join(', ')}]`, json: items.map((item) => item.json) };
    }
    if (isInputObjectType(type)) return this.#object(type, hint, literal);
    if (isEnumType(type)) {
      const { name } = random.pick(type.getValues());
      return { text: name, json: name };
    }
    return this.#scalar(type.name, hint);
  }

  #object(type, hint, literal) {
    const random = this.#random;
    if (type.isOneOf) return this.#oneOf(type, hint, literal);
    // Conditions within conditions end somewhere.
    const nested = hint.length > 4 ? ['and', 'or', 'not', 'giver', 'recipient', 'animal', 'nation', 'origin'] : [];
    const fields = Object.values(type.getFields());
    const optional = fields.filter((field) => !isRequiredInputField(field) && !nested.includes(field.name));
    const inFilter = type.name.endsWith('Filter');
    const chosen = [...fields.filter(isRequiredInputField), ...random.some(optional, random.pick([0, 1, 1, 1, 2]))];
    const [text, json] = [[], {}];
    for (const field of random.some(chosen, chosen.length)) {
      const hasDefault = field.defaultValue !== undefined;
      const value = this.place(field.type, [...hint, type.name, field.name], { literal, hasDefault, inFilter });
      text.push(`${field.name}: ${value.text}`);
      json[field.name] = value.json;
    }
    return { text: `{${text.join(', ')}}`, json };
  }

  /** One of the fields of an input that takes just one, with a value. */
  #oneOf(type, hint, literal) {
    const field = this.#random.pick(Object.values(type.getFields()));
    const value = this.place(field.type, [...hint, type.name, field.name], { literal, known: true, oneOf: true });
    return { text: `{${field.name}: ${value.text}}`, json: { [field.name]: value.json } };
  }

  /** What another subgraph refers to a document by: `__typename` and `id`. */
  #representation() {
    const kind = this.#random.pick(Object.keys(this.#pool.ids));
    const [name, id] = [this.#random.chance(0.03) ? 'Zoo' : kind, this.#random.pick(this.#pool.ids[kind])];
    return { text: `{__typename: ${JSON.stringify(name)}, id: ${JSON.stringify(id)}}`, json: { __typename: name, id } };
  }

  #scalar(name, hint) {
    const random = this.#random;
    if (name === '_Any') return this.#representation();
    const json = {
      Boolean: () => random.chance(0.5),
      Int: () => random.between(0, 5),
      Float: () => random.between(0, 50) / 4,
      ID: () => this.#id(hint),
      String: () => this.#string(hint),
    }[name];
    if (!json) throw new Error(`no values are known for the scalar ${name}; add them in queries/values.mjs`);
    const value = json();
    return { text: JSON.stringify(value), json: value };
  }

  /** An id of the kind that the place is about; of any kind where that is open. */
  #id(hint) {
    const { ids } = this.#pool;
    const about = hint.findLast((name) => name.endsWith('Filter') && name !== 'IdFilter')?.replace('Filter', '');
    const kind = { event: 'Event', source: 'Source', attributedTo: 'Source', about: 'any' }[hint.at(-3)] ?? about ?? hint[0];
    // Malformed ones are seldom, since they are refused; a number is an id that is written so.
    if (this.#random.chance(0.01)) return this.#random.pick(['nothing', 5]);
    return this.#random.pick(ids[kind] ?? Object.values(ids).flat());
  }

  #string(hint) {
    const { values, words, dates, cursors } = this.#pool;
    const random = this.#random;
    const field = hint.findLast((name) => !/^(eq|in|notIn)$/.test(name) && !name.endsWith('Filter'));
    if (hint.includes('DateFilter')) return random.pick(dates);
    if (field === 'after' || field === 'before') return random.chance(0.05) ? 'nothing' : random.pick(cursors[hint[0]] ?? ['nothing']);
    if (field === 'text') return random.some(words, random.pick([1, 1, 2])).join(' ');
    const kinds = hint.filter((name) => name.endsWith('Filter') && name !== 'StringFilter');
    const kind = kinds.at(-1)?.replace('Filter', '') ?? hint[0];
    return random.pick(values[`${kind}.${field}`] ?? words);
  }
}
