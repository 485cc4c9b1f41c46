// How GraphiQL's explorer changes the text of a query. `npm test` runs it; Vite reads the TypeScript.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'graphql';
import { runnerImport } from 'vite';

const path = fileURLToPath(new URL('../src/graphiql/explorer/edits.ts', import.meta.url));
const { module } = await runnerImport(path, { configFile: false, logLevel: 'error' });
const { added, filled, removed } = module;

/** The owner at these names below the first operation, there or not, as the explorer's tree makes it. */
function owner(text, ...names) {
  const [node] = parse(text).definitions;
  return names.reduce(
    (parent, head) => ({ node: parent.node?.selectionSet?.selections.find((one) => name(one) === head), head, parent }),
    { node, head: 'query' },
  );
}

const name = (node) => (node.kind === 'InlineFragment' ? `... on ${node.typeCondition.name.value}` : `${node.kind === 'FragmentSpread' ? '...' : ''}${node.name.value}`);

/** Takes away what these names lead to. */
function without(text, ...names) {
  const { node, parent } = owner(text, ...names);
  return removed(text, node, parent);
}

/** Puts a value, or null, into an argument of a field, or into what lies within it. */
function having(text, fields, slots, value) {
  const { node } = owner(text, ...fields);
  const slot = slots.reduce((parent, name) => {
    const all = 'kind' in parent ? parent.arguments : parent.node?.value.fields;
    return { node: all?.find((one) => one.name.value === name), name, parent };
  }, node);
  return filled(text, slot, value);
}

const SAMPLE = `# Why
query One {
  # Which gift
  gift(slug: "a") {
    id # its key
    title
  }
}
`;

test('a field is added in the layout of its place, and comments stay', () => {
  assert.equal(added(SAMPLE, owner(SAMPLE, 'gift'), ['mode']), SAMPLE.replace('title\n', 'title\n    mode\n'));
  const nested = added(SAMPLE, owner(SAMPLE, 'gift', 'giver', 'capital'), ['name']);
  const lines = ['    giver {', '      capital {', '        name', '      }', '    }'].join('\n');
  assert.equal(nested, SAMPLE.replace('title\n', `title\n${lines}\n`));
  assert.equal(added('{ a }', owner('{ a }'), ['b {', '  c', '}']), '{ a b { c } }');
  assert.equal(added('{a}', owner('{a}'), ['b']), '{a b }');
  assert.equal(added('{\n  a\n}', owner('{\n  a\n}', 'a'), ['b']), '{\n  a {\n    b\n  }\n}');
});

test('a text without an operation gets one', () => {
  const query = { head: 'query' };
  assert.equal(added('', { head: 'gift', parent: query }, ['id']), 'query {\n  gift {\n    id\n  }\n}\n');
  assert.equal(added('# Note\n', query, ['a']), '# Note\n\nquery {\n  a\n}\n');
});

test('what is taken away leaves nothing empty, and comments stay', () => {
  assert.equal(without(SAMPLE, 'gift', 'title'), SAMPLE.replace('    title\n', ''));
  assert.equal(without(SAMPLE, 'gift', 'id'), SAMPLE.replace('id # its key', '# its key'));
  assert.equal(without('{ a { b } c }', 'a', 'b'), '{ c }');
  assert.equal(without('{ a, b }', 'b'), '{ a, }');
  assert.equal(without(SAMPLE, 'gift').includes('query'), false);
  assert.equal(without('{ a { ... on B { c } } d }', 'a', '... on B', 'c'), '{ d }');
});

test('variables and fragments that nothing uses any more go, too, and no others', () => {
  const text = 'query Q($a: Int, $b: Int, $c: Int) { x(n: $a) { ...F } y(n: $b) }\n\nfragment F on X { z(n: $c) }\n';
  const rest = without(text, 'x');
  assert.equal(rest.trim(), 'query Q($b: Int) { y(n: $b) }');
  assert.equal(without('query ($a: Int) { x(n: $a) y }', 'x'), 'query { y }');
  // What was of no use before is the reader's own work.
  assert.equal(without('query Q($own: Int) { x y }', 'x'), 'query Q($own: Int) { y }');
});

test('an argument is written, changed and taken away', () => {
  assert.equal(having('{ a }', ['a'], ['n'], '1'), '{ a(n: 1) }');
  assert.equal(having('{ a(n: 1) { b } }', ['a'], ['m'], 'RED'), '{ a(n: 1, m: RED) { b } }');
  assert.equal(having('{ a(n: 1) }', ['a'], ['n'], '2'), '{ a(n: 2) }');
  assert.equal(having('{ a(n: 1) { b } }', ['a'], ['n'], null), '{ a { b } }');
  assert.equal(having('{ a(n: 1, m: 2) }', ['a'], ['n'], null), '{ a(m: 2) }');
  assert.equal(having('{ a(n: 1, m: 2) }', ['a'], ['m'], null), '{ a(n: 1) }');
  assert.equal(having('query Q($n: Int) { a(n: $n) }', ['a'], ['n'], '3'), 'query Q { a(n: 3) }');
});

test('a value within a value is written, changed and taken away with what it leaves empty', () => {
  assert.equal(having('{ a }', ['a'], ['where', 'giver', 'eq'], '"x"'), '{ a(where: { giver: { eq: "x" } }) }');
  assert.equal(having('{ a(where: {}) }', ['a'], ['where', 'n'], '1'), '{ a(where: { n: 1 }) }');
  const text = '{ a(first: 2, where: { n: 1, giver: { eq: "x" } }) }';
  assert.equal(having(text, ['a'], ['where', 'giver', 'in'], '[]'), text.replace('"x"', '"x", in: []'));
  assert.equal(having(text, ['a'], ['where', 'giver', 'eq'], null), '{ a(first: 2, where: { n: 1 }) }');
  assert.equal(having('{ a(where: { giver: { eq: 1 } }) }', ['a'], ['where', 'giver', 'eq'], null), '{ a }');
  assert.equal(having('{ a }', ['a'], ['where', 'n'], null), '{ a }');
});

test('all of this can be read as GraphQL', () => {
  for (const text of [SAMPLE, '{a}', '{ a(n: 1) { b } }', 'query Q($a: Int) { a(n: $a) }']) {
    const [field] = parse(text).definitions[0].selectionSet.selections;
    const top = owner(text, field.name.value);
    parse(added(text, top, ['x {', '  y', '}']));
    parse(having(text, [field.name.value], ['m', 'n'], '1'));
  }
});
