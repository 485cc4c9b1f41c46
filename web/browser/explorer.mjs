// What must hold of GraphiQL's explorer. Each check is told `open` and `picture`; see page.mjs.

import assert from 'node:assert/strict';
import { graphiql, NOT_OURS, QUERY, reads, run, type } from './graphiql.mjs';
import { LOOKS, overflows, violations } from './page.mjs';

/** Opens the explorer, and waits until it shows an operation. */
async function explorer(page) {
  await page.getByRole('button', { name: 'Show Query Explorer' }).click();
  const tree = page.getByRole('region', { name: 'Query explorer' });
  await tree.getByRole('checkbox').first().waitFor();
  return tree;
}

export const checks = {};

for (const look of LOOKS) {
  checks[`a field that is ticked is asked for (${look.name})`] = async ({ open, picture }) => {
    const page = await graphiql(open, look);
    const parts = () => page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    assert.ok(!(await parts()).some((name) => /\/panel-.*\.js/.test(name)), 'the explorer is fetched only when it is wanted');
    const tree = await explorer(page);
    await tree.getByRole('button', { name: 'Unfold dataset' }).click();
    await tree.getByRole('checkbox', { name: /^gifts / }).click();
    await tree.getByRole('button', { name: 'Unfold the arguments of gifts' }).click();
    await tree.getByRole('button', { name: 'Unfold where' }).click();
    await tree.getByRole('textbox', { name: /^text / }).fill('panda');
    await tree.getByRole('checkbox', { name: /^edges / }).focus();
    assert.equal(await overflows(page), false, 'it is wider than its window');
    assert.deepEqual(await violations(page, { exclude: NOT_OURS }), []);
    await picture(page, `graphiql explorer ${look.name}`);
    // On a narrow screen it lies over the editors.
    await page.getByRole('button', { name: 'Hide Query Explorer' }).click();
    const { request, json } = await run(page);
    const { query } = request.postDataJSON();
    assert.match(query, /^# The gift to Pyongyang/, 'comments stay');
    assert.match(query, /\n {2}gifts\(where: \{ text: "panda" \}\) \{\n {4}totalCount\n {2}\}\n\}\s*$/);
    assert.equal(json.errors, undefined);
    assert.ok(json.data.gifts.totalCount > 0);
  };
}

checks['it is used by keyboard, and what it did can be undone'] = async ({ open }) => {
  const page = await graphiql(open);
  await type(page, QUERY, '{ gifts { totalCount } }');
  const tree = await explorer(page);
  await tree.getByRole('checkbox', { name: /^gifts / }).focus();
  assert.ok(await tree.getByRole('checkbox', { name: /^gifts / }).isChecked());
  // The arguments come first, then the fields.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Unfold edges');
  await page.keyboard.press('Enter');
  await tree.getByRole('checkbox', { name: /^cursor / }).focus();
  await page.keyboard.press('Space');
  await reads(page, QUERY, '{ gifts { totalCount edges { cursor } } }');
  await page.locator(`${QUERY} .view-lines`).click();
  await page.keyboard.press('ControlOrMeta+Z');
  await reads(page, QUERY, '{ gifts { totalCount } }');
  assert.equal(await tree.getByRole('checkbox', { name: /^cursor / }).isChecked(), false);
};

checks['it begins a query, and says when it cannot read one'] = async ({ open }) => {
  const page = await graphiql(open);
  await page.getByRole('button', { name: 'New tab' }).click();
  const tree = await explorer(page);
  await tree.getByRole('checkbox', { name: /^changesCursor / }).click();
  const { json } = await run(page);
  assert.equal(typeof json.data.changesCursor, 'string');
  await type(page, QUERY, '{ gifts {');
  await tree.getByText('The query cannot be read').waitFor();
};
