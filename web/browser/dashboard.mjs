// What must hold of the dashboard, over all seed data. Each check is told `address`, `open` and `picture`; see page.mjs.

import assert from 'node:assert/strict';
import { setTimeout as later } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { ask, dashboard, LOOKS, overflows, settled, violations } from './page.mjs';

/** The most that the page's scripts may weigh, compressed, in bytes. */
const LIGHT = 500_000;

const GIFT = '/gifts/ru-kp-2024';

/** Pages without a script, one of each kind. */
const PLAIN = [
  '/nations/china',
  '/animals/giant-panda',
  '/events/zoo-transfer-2024',
  '/claims/C05',
  '/sources',
  '/gifts',
];

/** Does something, and waits until the address has changed and the data has followed. */
async function moved(page, act) {
  const before = page.url();
  await act();
  await page.waitForURL((url) => url.href !== before);
  await settled(page);
}

const query = (page) => new URL(page.url()).searchParams;

/** How many gifts the numbers and the table say that there are. */
async function counts(page) {
  const figure = await page.locator('.figure .value').first().textContent();
  const table = await page.locator('.gifts .lead').textContent();
  return [Number(figure.replace(/\D/g, '')), Number(table.replace(/\D/g, ''))];
}

export const checks = {};

for (const look of LOOKS) {
  checks[`its parts can be used by all (${look.name})`] = async ({ open, picture }) => {
    for (const path of ['/', '/?giver=china&by=family', GIFT, ...PLAIN]) {
      const page = PLAIN.includes(path) ? await open(path, look) : await dashboard(open, path, look);
      assert.equal(await overflows(page), false, `${path} is wider than its window`);
      assert.deepEqual(await violations(page), [], path);
      await picture(page, `dashboard ${path} ${look.name}`);
    }
  };
}

checks['its data arrives in two requests, and its scripts are light'] = async ({ open }) => {
  // The page is opened once to be told apart from the one that is counted: the frame opens it before one can listen.
  const page = await dashboard(open);
  const asked = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/graphql') asked.push(request);
  });
  const scripts = new Map();
  page.on('response', async (response) => {
    if (/\.js$/.test(new URL(response.url()).pathname)) scripts.set(response.url(), response.body());
  });
  await page.reload();
  await settled(page);
  assert.equal(asked.length, 2, asked.map((request) => request.url()).join('\n'));
  assert.deepEqual([...new Set(asked.map((request) => request.method()))], ['GET']);
  assert.ok(scripts.size > 0);
  let weight = 0;
  for (const body of scripts.values()) weight += gzipSync(await body).length;
  assert.ok(weight < LIGHT, `the scripts weigh ${weight} bytes, compressed by gzip`);
};

checks['each chart has data, and each picture its table'] = async ({ open }) => {
  const page = await dashboard(open);
  const { giftFlows, giftStats } = await ask(
    page,
    '{ giftFlows(first: 60) { gifts } giftStats { gifts byDecade(first: 200) { kind } byStatus { gifts } } }',
  );
  const flows = page.getByRole('region', { name: 'From whom to whom' });
  assert.ok((await flows.locator('svg path').count()) > giftFlows.length);
  assert.equal(await flows.locator('tbody tr').count(), giftFlows.length);
  const time = page.getByRole('region', { name: 'Over time' });
  assert.ok(
    (await time.locator('svg path').count()) > giftStats.byDecade.filter(({ kind }) => kind === 'VALUE').length,
  );
  assert.equal(await time.locator('tbody tr').count(), giftStats.byDecade.length);
  for (const name of ['Givers', 'Recipients', 'Animals']) {
    const rows = page.getByRole('region', { name, exact: true }).locator('tbody tr');
    assert.equal(await rows.count(), 10, name);
    assert.ok((await rows.locator('.range-dot').count()) > 0, name);
  }
  // What has no known end is drawn without one.
  assert.ok((await page.locator('.range-open.endless').count()) > 0);
  const status = page.getByRole('region', { name: 'What became of them' }).locator('tbody tr');
  const shown = (await status.locator('.bar-value').allTextContents()).map(Number);
  assert.equal(
    shown.reduce((all, one) => all + one, 0),
    giftStats.gifts,
  );
};

checks['the sentence at the top is that of the filter'] = async ({ open }) => {
  const page = await dashboard(open);
  const lead = page.locator('.hero-lead');
  for (const [path, where] of [
    ['/', ''],
    ['/?giver=china', '(where: { giver: { slug: { eq: "china" } } })'],
    ['/?status=returned', '(where: { status: { eq: RETURNED } })'],
    ['/?text=bear', '(where: { text: "bear" })'],
  ]) {
    await page.goto(path);
    await settled(page);
    const { giftStats } = await ask(page, `{ giftStats${where} { summary } }`);
    assert.equal(await lead.textContent(), giftStats.summary, path);
  }
};

checks['what is only possible is a hatched mark of its own, and can be left out'] = async ({ open }) => {
  const page = await dashboard(open, '/?giver=china&recipient=north-korea');
  const time = page.getByRole('region', { name: 'Over time' });
  const row = time.locator('tbody tr', { has: page.locator('th', { hasText: /^1970s$/ }) });
  // The gift of 1965 to 1980, and that of since 1965, whose end is not known.
  assert.deepEqual(await row.locator('td').allTextContents(), ['0', '2', '0']);
  const hatched = time.locator('.picture path[fill^="url(#"]');
  const toggle = time.getByRole('button', { name: 'Show what is only possible' });
  if ((await toggle.getAttribute('aria-pressed')) === 'false') await toggle.click();
  await hatched.first().waitFor();
  assert.ok((await hatched.count()) > 1);
  await toggle.click();
  await page.waitForFunction(() => !document.querySelector('.picture path[fill^="url(#"]'));
};

checks['the map draws each flow whose nations have a place'] = async ({ open, picture }) => {
  const page = await dashboard(open);
  const map = page.getByRole('region', { name: 'On the map' });
  const { giftFlows } = await ask(
    page,
    '{ giftFlows(first: 60) { giver { capital { location { lat } } } recipient { capital { location { lat } } } } }',
  );
  const placed = giftFlows.filter(({ giver, recipient }) => giver.capital?.location && recipient.capital?.location);
  assert.ok(placed.length > 30);
  assert.ok((await map.locator('svg path').count()) > placed.length);
  assert.equal(await map.locator('tbody tr').count(), giftFlows.length);
  await picture(page, 'dashboard map');
};

checks['a change is shown within a second'] = async ({ open, address, token }) => {
  const page = await dashboard(open, '/gifts/cn-kr');
  const title = `Pandas, seen at ${Date.now()}`;
  const authorization = `Bearer ${await token()}`;
  const began = Date.now();
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({
      query: 'mutation($input: UpdateGiftInput!) { updateGift(input: $input) { userErrors { message } } }',
      variables: { input: { id: 'gift_cn-kr', title } },
    }),
  });
  const { data } = await response.json();
  assert.deepEqual(data?.updateGift.userErrors, []);
  await page.getByRole('heading', { name: title }).waitFor({ timeout: 5_000 });
  assert.ok(Date.now() - began < 1_500, `${Date.now() - began} ms`);
};

checks['numbers of another filter are told as old while their own are late'] = async ({ open, picture }) => {
  const page = await dashboard(open, '/', { expected: /the console says: .*(ERR_FAILED|Failed to load)/ });
  await page.route('**/graphql?*', async (route) => {
    await later(2_000);
    await route.continue().catch(() => {});
  });
  await page.getByLabel('Giver', { exact: true }).selectOption('mali');
  const note = page.locator('.old-note');
  await note.waitFor();
  assert.match(await note.textContent(), /as of \d\d:\d\d, before this filter/);
  assert.equal(await page.locator('.hero.old').count(), 1);
  await picture(page, 'dashboard old numbers');
  await note.waitFor({ state: 'detached' });
  assert.equal(await page.locator('.old').count(), 0);
  await settled(page);
  await page.unroute('**/graphql?*');
  assert.deepEqual(await counts(page), [1, 1]);
};

checks['where a token is wanted there is a place for it'] = async ({ open }) => {
  const page = await dashboard(open, '/', { expected: /the console says: .*( 401 |ERR_FAILED)/ });
  const asked = [];
  await page.route('**/graphql?*', async (route) => {
    const authorization = await route.request().headerValue('authorization');
    if (authorization) {
      asked.push(authorization);
      return route.abort();
    }
    const errors = [{ message: 'a token is needed', extensions: { code: 'UNAUTHENTICATED' } }];
    return route.fulfill({ status: 401, contentType: 'application/json', body: JSON.stringify({ errors }) });
  });
  await page.getByLabel('Giver', { exact: true }).selectOption('mali');
  const form = page.locator('.token').first();
  await form.getByLabel('Token of this server').fill('a-secret');
  await form.getByRole('button', { name: 'Use it' }).click();
  await page.waitForTimeout(500);
  assert.ok(asked.length > 0 && asked.every((one) => one === 'Bearer a-secret'), asked.join());
};

checks['the way back leads to the filter that was left'] = async ({ open }) => {
  const page = await dashboard(open, '/?giver=china&status=returned');
  await moved(page, () => page.locator('.gift-table tbody th a').first().click());
  await moved(page, () => page.getByRole('link', { name: 'All gifts' }).first().click());
  assert.equal(page.url().split('?')[1], 'giver=china&status=returned');
};

checks['a table takes the place of a picture when it is asked for'] = async ({ open }) => {
  const page = await dashboard(open);
  const flows = page.getByRole('region', { name: 'From whom to whom' });
  await flows.getByRole('button', { name: 'Show as table' }).click();
  assert.equal(await flows.locator('svg').count(), 0);
  await moved(page, () => flows.getByRole('button', { name: 'China to Japan' }).click());
  assert.equal(query(page).get('giver'), 'china');
  assert.equal(query(page).get('recipient'), 'japan');
};

checks['filters stand in the address, survive a reload, and go back'] = async ({ open }) => {
  const page = await dashboard(open);
  const [all] = await counts(page);
  await moved(page, () => page.getByLabel('Giver', { exact: true }).selectOption('china'));
  await moved(page, () => page.getByLabel('Status', { exact: true }).selectOption('RETURNED'));
  assert.equal(page.url().split('?')[1], 'giver=china&status=returned');
  const [some, listed] = await counts(page);
  assert.ok(some > 0 && some < all && some === listed, `${some} of ${all}, ${listed} listed`);
  await page.reload();
  await settled(page);
  assert.deepEqual(await counts(page), [some, some]);
  assert.equal(await page.getByLabel('Giver', { exact: true }).inputValue(), 'china');
  await moved(page, () => page.goBack());
  assert.equal(page.url().split('?')[1], 'giver=china');
  await moved(page, () => page.getByRole('button', { name: 'Clear all' }).click());
  assert.deepEqual(await counts(page), [all, all]);
};

checks['a click on a bar filters, and a second one takes it back'] = async ({ open }) => {
  const page = await dashboard(open);
  const row = page.getByRole('region', { name: 'Givers' }).getByRole('button', { name: 'Russia' });
  await moved(page, () => row.click());
  assert.equal(query(page).get('giver'), 'russia');
  assert.equal(await row.getAttribute('aria-pressed'), 'true');
  await moved(page, () => row.click());
  assert.equal(query(page).get('giver'), null);
};

checks['a date is filtered by, and a wrong one is explained beside its field'] = async ({ open }) => {
  const page = await dashboard(open, '/', { expected: /the console says: .* 400 / });
  const field = page.getByLabel('Date', { exact: true });
  await moved(page, () => field.fill('1957/1959'));
  const [possible] = await counts(page);
  assert.ok(possible > 0);
  await moved(page, () => page.getByLabel('The date lies').selectOption('unknown'));
  assert.equal(query(page).get('date'), null);
  const [undated] = await counts(page);
  assert.ok(undated > 0);
  await field.fill('19777x');
  const told = page.getByRole('alert').filter({ hasText: '19777x' });
  await told.waitFor();
  assert.match(await told.textContent(), /Accepted: /);
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
};

checks['where nothing matches, it says which filter to take away'] = async ({ open }) => {
  const page = await dashboard(open, '/?giver=mali&animal=giant-panda');
  const empty = page.locator('.empty');
  await empty.getByRole('heading', { name: 'No gift matches' }).waitFor();
  await moved(page, () => empty.getByRole('button', { name: /Animal/ }).click());
  assert.equal(page.url().split('?')[1], 'giver=mali');
  assert.equal(await empty.count(), 0);
};

checks['the table pages forward and back through all gifts, each once'] = async ({ open }) => {
  const page = await dashboard(open);
  const [all] = await counts(page);
  const titles = () => page.locator('.gift-table tbody th a').allTextContents();
  const first = await titles();
  const seen = [...first];
  const next = page.getByRole('button', { name: 'Next' });
  while (await next.isEnabled()) {
    await moved(page, () => next.click());
    seen.push(...(await titles()));
  }
  assert.equal(seen.length, all);
  assert.equal(new Set(seen).size, all);
  // A page in the middle can be shared.
  await page.reload();
  await settled(page);
  assert.equal(await next.isEnabled(), false);
  const previous = page.getByRole('button', { name: 'Previous' });
  while (await previous.isEnabled()) await moved(page, () => previous.click());
  assert.deepEqual(await titles(), first);
};

checks['the table is sorted by its heads'] = async ({ open }) => {
  const page = await dashboard(open);
  await moved(page, () => page.locator('.sorter', { hasText: 'Gift' }).click());
  const titles = await page.locator('.gift-table tbody th a').allTextContents();
  const { gifts } = await ask(page, '{ gifts(first: 100, orderBy: { field: TITLE }) { nodes { title } } }');
  assert.deepEqual(titles, gifts.nodes.slice(0, titles.length).map(({ title }) => title));
  assert.ok(titles.length > 10);
  assert.equal(
    await page.getByRole('columnheader', { name: 'Gift', exact: true }).getAttribute('aria-sort'),
    'ascending',
  );
};

checks['the search box leads to gifts and nations by the keyboard alone'] = async ({ open }) => {
  const page = await dashboard(open);
  const box = page.getByRole('combobox', { name: /Search/ });
  await box.focus();
  await page.keyboard.type('Abul');
  await page.getByRole('option', { name: /Abul-Abbas/ }).first().waitFor();
  await page.keyboard.press('ArrowDown');
  assert.match(await page.locator(`[id="${await box.getAttribute('aria-activedescendant')}"]`).textContent(), /Abul/);
  await moved(page, () => page.keyboard.press('Enter'));
  assert.equal(new URL(page.url()).pathname, '/gifts/abbasid-franks-802');
  await box.fill('Turkmen');
  const nation = page.getByRole('option', { name: /Turkmenistan.*Nation/ });
  await nation.waitFor();
  await nation.click();
  await page.waitForURL('**/nations/turkmenistan');
  await page.getByRole('heading', { name: 'Turkmenistan', exact: true }).waitFor();
};

checks['a gift shows its figures with what stands behind them and against them'] = async ({ open, picture }) => {
  const page = await dashboard(open);
  await moved(page, () =>
    page.getByRole('link', { name: 'Animals from Moscow Zoo for Pyongyang Central Zoo' }).click(),
  );
  assert.equal(new URL(page.url()).pathname, GIFT);
  const figures = page.getByRole('region', { name: 'The figures' });
  const fact = (name) => figures.locator('.fact').filter({ has: page.locator('dt', { hasText: name }) });
  assert.match(await fact('Total').textContent(), /71 or more.*over 70/);
  assert.match(await fact('Animals that are listed').textContent(), /75/);
  assert.match(await fact('Date').textContent(), /inferred.*November 2024/);
  await fact('Total').locator('summary').click();
  const claim = fact('Total').locator('li').filter({ hasText: 'C05' });
  assert.match(await claim.textContent(), /Reported.*paragraph 2, sentence 2/);
  const pair = page.getByRole('region', { name: 'Where the sources disagree' }).locator('.pair').first();
  assert.deepEqual(await pair.locator('.code').allTextContents(), ['C33', 'C35']);
  const items = page.getByRole('region', { name: 'The animals' });
  assert.match(
    await items
      .locator('li')
      .filter({ has: page.getByRole('heading', { name: 'Pheasant' }) })
      .textContent(),
    /Another reading/,
  );
  await picture(page, 'dashboard gift claims');
  await moved(page, () => page.goBack());
  assert.equal(new URL(page.url()).pathname, '/');
};

checks['a gift that is not there is said to be not there'] = async ({ open }) => {
  const page = await dashboard(open, '/gifts/no-such-gift', { status: 404, expected: /the console says: .* 404 / });
  await page.getByRole('heading', { name: 'No such gift' }).waitFor();
};

checks['the timeline has gifts and events, more and more of them'] = async ({ open }) => {
  const page = await dashboard(open);
  const timeline = page.locator('.timeline');
  await timeline.locator('summary').click();
  await timeline.locator('.strip li').first().waitFor();
  const before = await timeline.locator('.strip li').count();
  await timeline.getByRole('button', { name: 'Show more' }).click();
  await timeline.locator('.strip li').nth(before).waitFor();
  assert.ok((await timeline.locator('.strip .gift').count()) > 0);
  assert.ok((await timeline.locator('.strip .event').count()) > 0);
};

checks['a server that fails is told of, and asked again'] = async ({ open }) => {
  const page = await dashboard(open, '/', { expected: /the console says: .*(ERR_FAILED|Failed to load)/ });
  await page.route('**/graphql?*', (route) => route.abort());
  await page.getByLabel('Giver', { exact: true }).selectOption('mali');
  const failed = page.getByRole('alert').first();
  await failed.waitFor();
  assert.match(await failed.textContent(), /cannot be reached/);
  await page.unroute('**/graphql?*');
  // Each part that failed is asked for by itself.
  const again = page.getByRole('button', { name: 'Try again' });
  while ((await again.count()) > 0) {
    await again.first().click();
    await settled(page);
  }
  assert.deepEqual(await counts(page), [1, 1]);
};

checks['an answer that has not changed changes nothing, and one that has is shown'] = async ({ open }) => {
  const page = await dashboard(open, '/', { reducedMotion: 'reduce' });
  await page.evaluate(async () => {
    window.changes = 0;
    const watch = { childList: true, subtree: true, characterData: true, attributes: true };
    new MutationObserver((records) => (window.changes += records.length)).observe(
      document.querySelector('main'),
      watch,
    );
    // Pictures are drawn in several frames: what counts begins when they stand still.
    for (let still = 0; still < 30; still += 1) {
      if (window.changes > 0) still = window.changes = 0;
      await new Promise(requestAnimationFrame);
    }
  });
  const asked = () => page.waitForResponse((response) => response.url().includes('Overview'));
  let answered = asked();
  await page.evaluate(() => dispatchEvent(new Event('focus')));
  await (await answered).finished();
  assert.equal(await page.evaluate(() => window.changes), 0);
  await page.route('**/graphql?*Overview*', async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    body.data.giftStats.gifts = 4321;
    await route.fulfill({ response, json: body });
  });
  answered = asked();
  await page.evaluate(() => dispatchEvent(new Event('focus')));
  await answered;
  await page.locator('.figure .value', { hasText: '4,321' }).waitFor();
};
