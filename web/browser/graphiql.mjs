// What must hold of GraphiQL. Each check is told `address`, `open` and `picture`; see page.mjs.

import assert from 'node:assert/strict';
import { LOOKS, overflows, violations } from './page.mjs';

const RESULT = '.result-window';
export const QUERY = '.graphiql-query-editor';
const TOOLS = '.graphiql-editor-tool';

// The editor and the tabs come from others: what axe-core finds in them is not ours to mend.
export const NOT_OURS = ['.monaco-editor', '.graphiql-tabs'];

/** Opens GraphiQL, and waits until its editors and the schema are there. */
export async function graphiql(open, { path = '/graphiql', ...options } = {}) {
  const page = await open(path, options);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  await page.locator('.sample-button:enabled').waitFor();
  return page;
}

/** Types into an editor in place of what it holds. */
export async function type(page, editor, text) {
  await page.locator(`${editor} .view-lines:visible`).click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  await page.keyboard.type(text);
}

/** Runs the query, and gives the request and the answer. */
export async function run(page) {
  const answered = page.waitForResponse((response) => {
    const request = response.request();
    return request.method() === 'POST' && !request.postData()?.includes('IntrospectionQuery');
  });
  await page.getByRole('button', { name: 'Execute query' }).click();
  const response = await answered;
  const json = await response.json();
  return { request: response.request(), json };
}

/** The text in an editor, as far as it is in sight, in one line: the editor wraps lines, and has no-break spaces. */
export async function textOf(page, editor) {
  const lines = await page.locator(`${editor} .view-lines:visible`).innerText();
  return lines.replace(/\s+/g, ' ').trim();
}

/** Waits until an editor shows this text: it draws what it holds a moment later. */
export async function reads(page, editor, text) {
  const until = Date.now() + 10_000;
  while ((await textOf(page, editor)) !== text && Date.now() < until) await page.waitForTimeout(50);
  assert.equal(await textOf(page, editor), text);
}

/** Runs a subscription, and waits until the server has taken it. */
async function subscribe(page, query) {
  await type(page, QUERY, query);
  const taken = page.waitForResponse((response) => response.request().postData()?.includes('subscription'));
  await page.getByRole('button', { name: 'Execute query' }).click();
  return (await taken).request();
}

const standing = (page) => page.locator('.standing');

/** Waits until the result shows this, told as one line. */
async function shown(page, text) {
  await page.waitForFunction(
    ([selector, text]) => document.querySelector(selector)?.innerText.replace(/\s+/g, ' ').includes(text),
    [`${RESULT} .view-lines`, text],
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
    // One that changes something says what it takes.
    if (title.includes('takes the token')) assert.equal(json.errors[0].extensions.code, 'UNAUTHENTICATED', title);
    else assert.equal(json.errors, undefined, `${title}: ${JSON.stringify(json.errors)}`);
  }
};

checks['it leads to the dashboard and to the schema'] = async ({ open }) => {
  const page = await graphiql(open);
  for (const [name, path] of [['Dashboard', '/'], ['Schema', '/schema.graphql']]) {
    assert.equal(await page.getByRole('link', { name, exact: true }).getAttribute('href'), path);
  }
};

checks['a subscription whose server stops says that it ended, and how to go on'] = async ({ another, picture }) => {
  const { address, open, token, stop } = await another({ MENAGERIE_SEED: 'article' });
  const page = await graphiql(open, { expected: /the console says: .*(ERR_|Failed to load)/ });
  await subscribe(page, 'subscription { changes { cursor operation id } }');
  await standing(page).filter({ hasText: 'Listening' }).waitFor();
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await token()}` },
    body: JSON.stringify({
      query: 'mutation { updateGift(input: { id: "gift_ru-kp-2024", title: "Animals, renamed" }) { userErrors { message } } }',
    }),
  });
  assert.deepEqual((await response.json()).data?.updateGift.userErrors, []);
  await shown(page, '"operation": "UPDATED"');
  await standing(page).filter({ hasText: 'Listening: ' }).waitFor();
  assert.doesNotMatch(await textOf(page, RESULT), /ended before/);
  await stop();
  await shown(page, 'The subscription ended before it was complete');
  await shown(page, '"after": "');
  // The last event is still there.
  await shown(page, '"operation": "UPDATED"');
  assert.match(await standing(page).textContent(), /^Ended at .* before it was complete, after \d+ events?$/);
  await picture(page, 'graphiql subscription ended');
};

checks['a subscription that is complete says so, and nothing of an end before'] = async ({ open }) => {
  const page = await graphiql(open);
  await subscribe(page, 'subscription { changes(after: "nowhere") { id } }');
  await standing(page).filter({ hasText: /^Complete at .* after 1 event: / }).waitFor();
  await shown(page, 'BAD_USER_INPUT');
  assert.doesNotMatch(await textOf(page, RESULT), /ended before/);
  // The next query has nothing to do with it.
  await type(page, QUERY, '{ gifts { totalCount } }');
  await run(page);
  assert.equal(await standing(page).textContent(), '');
};

checks['a subscription ends at once when it is stopped, and with its tab'] = async ({ open }) => {
  for (const name of ['Stop query', 'New tab']) {
    const page = await graphiql(open);
    const request = await subscribe(page, 'subscription { changes { id } }');
    await standing(page).filter({ hasText: 'Listening' }).waitFor();
    const left = page.waitForEvent('requestfailed', { predicate: (one) => one === request, timeout: 5_000 });
    await page.getByRole('button', { name }).click();
    await left;
    assert.equal(await standing(page).textContent(), '');
    assert.doesNotMatch(await textOf(page, RESULT), /ended before/);
  }
};

checks['what is no answer of the API is told in words'] = async ({ open }) => {
  const page = await graphiql(open, { expected: /the console says: .*( 502 |ERR_FAILED)/ });
  const body = '<html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>';
  for (const [answer, words] of [
    [(route) => route.fulfill({ status: 502, contentType: 'text/html', body }), /502.* overloaded\. .*It says: Bad Gateway"/],
    [(route) => route.abort(), /cannot be reached: .* Is it running\?/],
  ]) {
    for (const query of ['{ gifts { totalCount } }', 'subscription { changes { id } }']) {
      await page.route('**/graphql', answer);
      await type(page, QUERY, query);
      await page.getByRole('button', { name: 'Execute query' }).click();
      await shown(page, '"message"');
      assert.match(await textOf(page, RESULT), words);
      assert.doesNotMatch(await textOf(page, RESULT), /"stack"/);
      await page.unroute('**/graphql');
    }
  }
};

checks['the address brings a query and its variables, and runs nothing by itself'] = async ({ open }) => {
  const query = 'query Asked($slug: String!) { gift(slug: $slug) { id } }';
  const parameters = new URLSearchParams({ query, variables: '{"slug":"ru-kp-2024"}' });
  const page = await graphiql(open, { path: `/graphiql?${parameters}` });
  assert.match(await textOf(page, QUERY), /gift\(slug: \$slug\)/);
  assert.equal(await textOf(page, RESULT), '');
  const { json } = await run(page);
  assert.deepEqual(json, { data: { gift: { id: 'gift_ru-kp-2024' } } });
  // Opened again, it is the same tab.
  await page.reload();
  await page.locator('.sample-button:enabled').waitFor();
  assert.equal(await page.locator('.graphiql-tab', { hasText: 'Asked' }).count(), 1);
};

checks['a sample is opened and run by keyboard'] = async ({ open }) => {
  const page = await graphiql(open);
  await page.getByRole('button', { name: 'Sample queries' }).focus();
  await page.keyboard.press('Enter');
  const second = page.getByRole('menuitem', { name: 'All gifts' });
  await second.waitFor();
  while (!(await second.evaluate((item) => item === document.activeElement))) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('.graphiql-tab-active', { hasText: 'AllGifts' }).waitFor();
  await page.locator(QUERY).getByRole('textbox').focus();
  await page.keyboard.press('Control+Enter');
  await shown(page, '"data"');
};
