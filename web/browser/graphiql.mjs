// What must hold of GraphiQL. Each check is told `address`, `open` and `picture`; see page.mjs.

import assert from 'node:assert/strict';
import { LOOKS, overflows, violations } from './page.mjs';

const RESULT = '.result-window';
const QUERY = '.graphiql-query-editor';
const TOOLS = '.graphiql-editor-tool';

// The editor and the tabs come from others: what axe-core finds in them is not ours to mend.
const NOT_OURS = ['.monaco-editor', '.graphiql-tabs'];

/** Opens GraphiQL, and waits until its editors and the schema are there. */
async function graphiql(open, options) {
  const page = await open('/graphiql', options);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  await page.locator('.sample-button:enabled').waitFor();
  return page;
}

/** Types into an editor in place of what it holds. */
async function type(page, editor, text) {
  await page.locator(`${editor} .view-lines:visible`).click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  await page.keyboard.type(text);
}

/** Runs the query, and gives the request and the answer. */
async function run(page) {
  const answered = page.waitForResponse((response) => {
    const request = response.request();
    return request.method() === 'POST' && !request.postData()?.includes('IntrospectionQuery');
  });
  await page.getByRole('button', { name: 'Execute query' }).click();
  const response = await answered;
  const json = await response.json();
  return { request: response.request(), json };
}

/** Waits until the result shows this. Lines of the editor have no-break spaces. */
async function shown(page, text) {
  await page.waitForFunction(
    ([selector, text]) => document.querySelector(selector)?.textContent?.replaceAll('\u00a0', ' ').includes(text),
    [RESULT, text],
  );
}

export const checks = {};

for (const look of LOOKS) {
  checks[`it opens with a sample that can be run (${look.name})`] = async ({ open, picture }) => {
    const page = await graphiql(open, look);
    const { json } = await run(page);
    assert.equal(json.errors, undefined);
    await shown(page, '"data"');
    await picture(page, `graphiql ${look.name}`);
    assert.equal(await overflows(page), false, 'it is wider than its window');
    const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const own = look.scheme === 'dark' ? 'rgb(33, 42, 59)' : 'rgb(255, 255, 255)';
    if (!look.forcedColors) assert.equal(dark, own);
    assert.deepEqual(await violations(page, { exclude: NOT_OURS }), []);
  };
}

checks['a query that is typed gives its result'] = async ({ open }) => {
  const page = await graphiql(open);
  await type(page, QUERY, '{ nations(first: 2) { totalCount } }');
  const { json } = await run(page);
  assert.ok(json.data?.nations.totalCount > 2, JSON.stringify(json));
  await shown(page, `"totalCount": ${json.data.nations.totalCount}`);
};

checks['a mistake is marked in the editor before it is sent'] = async ({ open }) => {
  const page = await graphiql(open);
  await type(page, QUERY, '{ nations { totalCuont } }');
  await page.locator('.graphiql-query-editor .squiggly-error').first().waitFor();
};

checks['fields are suggested while one types'] = async ({ open }) => {
  const page = await graphiql(open);
  await type(page, QUERY, '{ nat');
  await page.locator('.suggest-widget .monaco-list-row', { hasText: 'nations' }).first().waitFor();
};

checks['the documentation tells of the schema and leads on'] = async ({ open, picture }) => {
  const page = await graphiql(open);
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  const docs = page.locator('.graphiql-doc-explorer');
  await docs.getByRole('link', { name: 'Query', exact: true }).first().click();
  await docs.getByRole('link', { name: 'gifts', exact: true }).first().click();
  await docs.getByText('GiftConnection').first().waitFor();
  await picture(page, 'graphiql documentation');
};

checks['a query that was run stands in the history, and nothing of its headers'] = async ({ open, picture }) => {
  const page = await graphiql(open);
  await page.getByRole('button', { name: 'Headers' }).click();
  await type(page, TOOLS, '{"X-Secret": "hidden-word"');
  await type(page, QUERY, 'query Remembered { gifts { totalCount } }');
  // GraphiQL reads the operation's name a moment after the text has changed, and then names the tab by it.
  await page.locator('.graphiql-tab-active', { hasText: 'Remembered' }).waitFor();
  await run(page);
  await page.getByRole('button', { name: 'Show History' }).click();
  await page.locator('.graphiql-history').getByText('Remembered').first().waitFor();
  await picture(page, 'graphiql history');
  const kept = await page.evaluate(() => JSON.stringify(localStorage));
  assert.ok(kept.includes('Remembered') && !kept.includes('hidden-word'), kept);
};

checks['a token in the headers editor is sent'] = async ({ open }) => {
  const page = await graphiql(open, { expected: /the console says: .* 401 / });
  await page.getByRole('button', { name: 'Headers' }).click();
  await type(page, TOOLS, '{"Authorization": "Bearer nobody-has-this-token"');
  const { request, json } = await run(page);
  assert.equal(await request.headerValue('authorization'), 'Bearer nobody-has-this-token');
  assert.equal(json.errors?.[0].extensions.code, 'UNAUTHENTICATED');
  await shown(page, 'UNAUTHENTICATED');
};

checks['"Show cost" tells what the query costs'] = async ({ open }) => {
  const page = await graphiql(open);
  await type(page, QUERY, '{ sources(first: 1) { nodes { title } } }');
  await page.getByLabel('Show cost').check();
  const { json } = await run(page);
  assert.ok(json.extensions.cost.estimate > 0 && json.extensions.cost.commands > 0, JSON.stringify(json.extensions));
  await shown(page, '"estimate"');
};

checks['every sample query works'] = async ({ open, picture }) => {
  const page = await graphiql(open);
  const button = page.getByRole('button', { name: 'Sample queries' });
  await button.click();
  const titles = await page.getByRole('menuitem').allTextContents();
  await picture(page, 'graphiql samples');
  await page.keyboard.press('Escape');
  assert.ok(titles.length >= 8, titles.join('\n'));
  for (const title of titles) {
    await button.click();
    const tabs = await page.locator('.graphiql-tab').count();
    await page.getByRole('menuitem', { name: title, exact: true }).click();
    assert.equal(await page.locator('.graphiql-tab').count(), tabs + 1);
    // A subscription has no end to wait for.
    if ((await page.locator('.graphiql-query-editor').textContent()).includes('subscription')) continue;
    const { json } = await run(page);
    assert.equal(json.errors, undefined, `${title}: ${JSON.stringify(json.errors)}`);
  }
};

checks['it leads to the dashboard and to the schema'] = async ({ open }) => {
  const page = await graphiql(open);
  for (const [name, path] of [['Dashboard', '/'], ['Schema', '/schema.graphql']]) {
    assert.equal(await page.getByRole('link', { name, exact: true }).getAttribute('href'), path);
  }
};
