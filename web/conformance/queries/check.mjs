// One request, held against the three that say what its answer must be: the answer to its normal form, graphql-js over the
// merged data, and the answers by the other ways.

import { getVariableValues, parse, print, validate, visit } from 'graphql';

import { canonical } from './compare.mjs';
import { normalForm, operationOf } from './normal.mjs';
import { misplacedNulls, reference } from './reference.mjs';

/** What a normal form may have at most, so that the limits of a server let it through where they let the query. */
const LIMITS = { bytes: 30_000, aliases: 95, fields: 1_800, roots: 45, depth: 19 };

/** A request with all that is known of it without a server; `reason` where it cannot be used. */
export function prepare(schema, request) {
  let document;
  try {
    document = parse(request.query);
  } catch (error) {
    return { reason: `it does not parse: ${error.message}` };
  }
  const [error] = validate(schema, document);
  if (error) return { reason: `it is not valid: ${error.message}` };
  const operation = operationOf(document, request.operationName);
  const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables);
  if (errors) return { reason: `its variables do not fit: ${errors[0].message}` };
  const { document: form, variables } = normalForm(schema, document, request.operationName, request.variables);
  const normal = { query: print(form), variables };
  // It may be large for a server where the query is not.
  const sizes = measure(form, normal.query);
  const large = Object.keys(LIMITS).find((name) => sizes[name] > LIMITS[name]);
  if (large) return { large, reason: `its normal form has more ${large} than servers take` };
  const [wrong] = validate(schema, form);
  if (wrong) throw new Error(`the normal form of a valid query is not valid: ${wrong.message}\n${normal.query}`);
  return { request, document, form, normal };
}

function measure(form, text) {
  let [aliases, fields, depth, deepest] = [0, 0, 0, 0];
  visit(form, {
    Field: {
      enter(node) {
        fields += 1;
        depth += 1;
        deepest = Math.max(deepest, depth);
        if (node.alias) aliases += 1;
      },
      leave() {
        depth -= 1;
      },
    },
    InlineFragment() {
      fields += 1;
    },
  });
  return { bytes: text.length, aliases, fields, roots: operationOf(form).selectionSet.selections.length, depth: deepest };
}

/**
 * Asks and compares. `server` is {post, ways}: how the request and its normal form are sent, and by name the other ways
 * that it takes this time. Gives {differences, answer, refused}; each difference is {against, expected, found}.
 */
export async function check(schema, { request, document, form, normal }, { post, ways }) {
  const [answer, merged] = await Promise.all([post(request), post(normal)]);
  const differences = [];
  // The answer itself is compared with each of the others.
  const texts = new Map();
  const text = (one) => texts.get(one) ?? texts.set(one, canonical(schema, form, one)).get(one);
  const expect = (against, expected, found) => {
    if (expected !== found) differences.push({ against, expected, found });
  };
  // Refused before anything ran, which only the limits may do: then all ways must say so.
  const refused = answer.data === undefined || merged.data === undefined;
  if (refused) {
    for (const one of [answer, merged]) if (one.data === undefined) expect('valid', '["LIMIT_EXCEEDED"]', codes(one));
  } else {
    expect('normal', text(merged), text(answer));
    if (merged.data !== null) {
      const made = await reference(schema, document, request, merged);
      expect('reference', text(made), text(visible(answer)));
    }
    for (const [name, one] of [['nulls', answer], ['nulls of the normal form', merged]]) {
      expect(name, '[]', JSON.stringify(misplacedNulls(schema, form, one)));
    }
  }
  for (const [name, ask] of Object.entries(ways)) {
    for (const other of [await ask(request)].flat()) {
      if (refused) expect(name, codes(answer), codes(other));
      else expect(name, text(answer), text(other));
    }
  }
  return { differences, answer, merged, refused };
}

/** The answer with those errors that graphql-js can know from the data: whose place is not itself behind a null. */
export function visible({ data, errors = [] }) {
  return { data, errors: errors.filter((error) => stands(data, error.path)) };
}

/** Whether the place of an error is there: all above it are. */
function stands(data, path) {
  let value = data;
  for (const step of path) {
    if (value === null || value === undefined) return false;
    value = value[step];
  }
  return true;
}

function codes({ errors }) {
  return JSON.stringify((errors ?? []).map((error) => error.extensions?.code));
}
