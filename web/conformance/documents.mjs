// Documents, valid and not, and what graphql-js makes of them: `node documents.mjs ../../schema/schema.graphql`.
//
// Prints a JSON line {known} with the names of all rules, then one per document: {document, verdict, rules}. The verdict is
// - "syntax": it does not parse;
// - "invalid": it breaks rules of the specification, named in `rules`;
// - "deep": its only fault is a nesting of introspection that the specification allows and graphql-js does not;
// - "valid".
// The documents themselves stand in documents/; the same run gives the same documents.

import { readFileSync } from 'node:fs';
import { buildSchema, GraphQLError, parse, recommendedRules, specifiedRules, validate } from 'graphql';

import directives from './documents/directives.mjs';
import fields from './documents/fields.mjs';
import fragments from './documents/fragments.mjs';
import operations from './documents/operations.mjs';
import syntax from './documents/syntax.mjs';
import values from './documents/values.mjs';
import variables from './documents/variables.mjs';

const beyond = new Set(recommendedRules);

// The specification of September 2025 has one rule that graphql-js 16 leaves to the execution: 5.2.1.1, the schema has
// a root type for the operation.
function OperationTypeExistenceRule(context) {
  return {
    OperationDefinition(operation) {
      if (context.getSchema().getRootType(operation.operation)) return;
      context.reportError(new GraphQLError(`the schema has no ${operation.operation}`, { nodes: operation }));
    },
  };
}
const rules = [...specifiedRules, OperationTypeExistenceRule];

function judge(schema, document) {
  let parsed;
  try {
    parsed = parse(document);
  } catch {
    return { verdict: 'syntax', rules: [] };
  }
  const broken = rules.filter((rule) => validate(schema, parsed, [rule]).length > 0);
  const names = broken.map((rule) => rule.name);
  if (names.length === 0) return { verdict: 'valid', rules: names };
  return { verdict: broken.every((rule) => beyond.has(rule)) ? 'deep' : 'invalid', rules: names };
}

const path = process.argv[2];
if (!path) {
  console.error('usage: node documents.mjs SCHEMA; accepted is the path of a schema file');
  process.exit(2);
}
const schema = buildSchema(readFileSync(path, 'utf8'));

// Which rules there are, for whoever counts how often each is broken.
console.log(JSON.stringify({ known: rules.map((rule) => rule.name) }));
const all = [syntax, operations, fields, fragments, variables, values, directives].flat();
for (const document of new Set(all)) {
  console.log(JSON.stringify({ document, ...judge(schema, document) }));
}
