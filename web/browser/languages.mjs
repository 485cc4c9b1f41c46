// What must hold of the dashboard in another language than English: Russian, and a pseudo language that shows which texts
// were left in a component.

import assert from 'node:assert/strict';
import { ask, dashboard, overflows, settled, violations } from './page.mjs';
import { speakPseudo, strangers } from './strangers.mjs';

const GIFT = '/gifts/ru-kp-2024';

/** The names of nations that are English in Russian too: they stand in pictures, where no language can be marked. */
async function names(page) {
  const { nations } = await ask(page, '{ nations(first: 200) { nodes { name names { language } } } }');
  const english = nations.nodes.filter(({ names }) => names.every(({ language }) => language !== 'ru'));
  return english.map(({ name }) => name).sort((a, b) => b.length - a.length);
}

/** Waits until the page speaks a language, and has the names in it: what the server wrote speaks none that can be chosen. */
async function speaks(page, code) {
  await page.waitForFunction((code) => document.querySelector('select.language')?.value === code, code);
  await settled(page);
  assert.equal(await page.evaluate(() => document.documentElement.lang), code);
  const isListed = (await page.locator('.filters').count()) > 0;
  if (code === 'ru' && isListed) await page.locator('option', { hasText: 'Китай' }).first().waitFor({ state: 'attached' });
}

/** How many gifts the numbers and the table say that there are. */
async function counts(page) {
  const figure = await page.locator('.figure .value').first().textContent();
  const table = await page.locator('.gifts .lead').textContent();
  return [figure, table].map((text) => Number(text.replace(/\D/g, '')));
}

/** Opens all that is folded, and shows the charts as tables too. */
async function unfold(page) {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
  if ((await page.locator('.timeline').count()) > 0) await page.locator('.timeline .strip li').first().waitFor();
}

/** Words that do not fit where they stand: in boxes that cut them, in fields and in choices. */
async function cutWords(page) {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d');
    const found = [];
    for (const element of document.body.querySelectorAll('*')) {
      const style = getComputedStyle(element);
      if (!element.checkVisibility() || element.closest('.unseen, svg')) continue;
      const text = element.localName === 'select' ? element.selectedOptions[0]?.text : element.placeholder;
      if (text) {
        canvas.font = style.font;
        // A select keeps room for its arrow.
        const room = element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
        const arrow = element.localName === 'select' ? 16 : 0;
        if (canvas.measureText(text).width > room - arrow) found.push(text);
      } else if (style.overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1 && element.textContent.trim()) {
        found.push(element.textContent);
      }
    }
    return found;
  });
}

export const checks = {};

for (const size of ['wide', 'narrow']) {
  checks[`the page can be used by all in Russian (${size})`] = async ({ open, picture }) => {
    for (const path of ['/?lang=ru', '/?giver=china&by=family&period=year&lang=ru', `${GIFT}?lang=ru`]) {
      const page = await dashboard(open, path, { size });
      await speaks(page, 'ru');
      await page.getByRole('combobox', { name: 'Язык' }).waitFor();
      assert.equal(await overflows(page), false, `${path} is wider than its window`);
      if (size === 'narrow') {
        if (!path.startsWith(GIFT)) await page.getByRole('button', { name: /^Фильтры/ }).click();
        assert.deepEqual(await cutWords(page), [], path);
      }
      assert.deepEqual(await violations(page), [], path);
      assert.deepEqual(await strangers(page, { isPseudo: false, names: await names(page) }), [], path);
      await picture(page, `languages ru ${size} ${path.replace(/\W+/g, ' ')}`);
    }
  };
}

checks['a language can be chosen, is remembered, and changes nothing else'] = async ({ open }) => {
  const page = await dashboard(open, '/?giver=china&status=returned');
  await speaks(page, 'en');
  const before = await counts(page);
  const choice = page.locator('select.language');
  await choice.focus();
  await choice.selectOption('ru');
  await speaks(page, 'ru');
  assert.equal(page.url().split('?')[1], 'giver=china&status=returned');
  assert.deepEqual(await counts(page), before);
  assert.ok(await choice.evaluate((element) => element === document.activeElement), 'the choice keeps the focus');
  assert.equal(await page.getByLabel('Даритель', { exact: true }).inputValue(), 'china');
  // Nothing of the language before is left, in no memory of a component.
  assert.deepEqual(await strangers(page, { isPseudo: false, names: await names(page) }), []);
  await page.reload();
  await speaks(page, 'ru');
  await choice.selectOption('en');
  await speaks(page, 'en');
  await page.getByRole('region', { name: 'From whom to whom' }).waitFor();
  assert.deepEqual(await counts(page), before);
};

checks['a language in the address stays in the links of the page'] = async ({ open }) => {
  const page = await dashboard(open, '/?giver=china&lang=ru');
  await speaks(page, 'ru');
  await page.locator('.gift-table tbody th a').first().click();
  await page.waitForURL(/\/gifts\/.*[?&]lang=ru/);
  await page.getByRole('link', { name: 'Все подарки' }).first().click();
  await page.waitForURL(/\/\?giver=china&lang=ru$/);
  await settled(page);
  await page.getByLabel('Статус', { exact: true }).selectOption('RETURNED');
  await page.waitForURL(/status=returned/);
  assert.equal(new URL(page.url()).searchParams.get('lang'), 'ru');
  await page.locator('select.language').selectOption('en');
  await speaks(page, 'en');
  assert.equal(page.url().split('?')[1], 'giver=china&status=returned&lang=en');
};

checks['the browser decides where nobody else does, and an unknown language is English'] = async ({ open }) => {
  const russian = await dashboard(open, '/', { locale: 'ru-RU' });
  await speaks(russian, 'ru');
  await russian.goto('/?lang=en');
  await speaks(russian, 'en');
  await russian.goto('/?lang=tlh');
  await speaks(russian, 'en');
  await russian.getByRole('heading', { name: 'Animals as gifts between nations' }).waitFor();
};

checks['what cannot be loaded leaves the page in English'] = async ({ open }) => {
  const page = await dashboard(open, '/', { expected: /ERR_FAILED|Failed to/ });
  await page.route(/\/ru(-[^/]+)?\.(js|ts)/, (route) => route.abort());
  await page.goto('/?lang=ru');
  await speaks(page, 'en');
  await page.getByRole('heading', { name: 'Animals as gifts between nations' }).waitFor();
};

checks['numbers, dates and sentences are those of the language'] = async ({ open }) => {
  const page = await dashboard(open, '/?lang=ru');
  await speaks(page, 'ru');
  const { giftStats } = await ask(page, '{ giftStats { gifts unknownCounts byGiver(first: 2, orderBy: { field: GIFTS, direction: DESC }) { gifts } } }');
  const lead = await page.locator('.hero-lead').textContent();
  assert.match(lead, new RegExp(`^${giftStats.gifts} подар`));
  assert.match(lead, new RegExp(`Больше всего подарков от: [^(]+\\(${giftStats.byGiver[0].gifts}\\)`));
  assert.match(lead, new RegExp(`неизвестно число животных: ${giftStats.unknownCounts}\\.$`));
  const cells = await page.locator('.gift-table .when').allTextContents();
  assert.ok(cells.some((text) => /^(\d{1,2} )?[а-я]+ \d{4} г\./.test(text)), cells.join('; '));
  await page.route('**/graphql?*Overview*', async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    body.data.giftStats.gifts = 4321;
    await route.fulfill({ response, json: body });
  });
  await page.evaluate(() => dispatchEvent(new Event('focus')));
  await page.locator('.figure .value', { hasText: /^4\u00a0321$/ }).waitFor();
};

checks['no text was left in a component, nor a number without its language'] = async ({ open, picture }) => {
  const page = await dashboard(open, '/', { expected: /the console says: .*( 404 | 400 |ERR_FAILED|Failed to load)/ });
  await speakPseudo(page);
  const known = await names(page);
  const all = async (where) => {
    assert.deepEqual(await strangers(page, { isPseudo: true, names: known }), [], where);
  };
  const to = async (path) => {
    await page.goto(path);
    await speaks(page, 'ru');
  };
  await to('/?lang=ru');
  await all('the first page');
  await picture(page, 'languages pseudo');
  for (const region of ['⟦From whom to whom⟧', '⟦On the map⟧', '⟦Over time⟧']) {
    const chart = page.getByRole('region', { name: region });
    for (const part of await chart.locator('.picture svg path[fill]').all()) {
      if (await part.isVisible()) await part.hover({ force: true, timeout: 1_000 }).catch(() => {});
      if ((await chart.locator('.picture strong').count()) > 0) break;
    }
    await all(`the small window of ${region}`);
    await chart.getByRole('button', { name: '⟦Show as table⟧' }).click();
    await all(`the table of ${region}`);
  }
  await page.getByRole('button', { name: '⟦Embed⟧' }).first().click();
  const more = page.getByRole('button', { name: /^⟦Show all/ });
  while ((await more.count()) > 0) await more.first().click();
  await unfold(page);
  await all('what is unfolded');
  await page.getByRole('combobox', { name: /⟦Search/ }).fill('панда');
  await page.getByRole('option').first().waitFor();
  await all('what is found');
  await page.getByRole('combobox', { name: /⟦Search/ }).fill('щщщщщ');
  await page.locator('.results.none').waitFor();
  await all('what is not found');

  for (const path of [
    '/?giver=china&recipient=japan&by=family&family=Ailuropodidae&period=year&lang=ru',
    '/?nation=china&date=197X&dates=certain&lang=ru',
    '/?status=returned&mode=loan&dates=unknown&lang=ru',
    '/?giver=mali&animal=giant-panda&certainty=stated&lang=ru',
  ]) {
    await to(path);
    await all(path);
  }
  for (const slug of ['ru-kp-2024', 'abbasid-franks-802', 'gujarat-pt-1515', 'na-cu-2012', 'pt-pope-1515', 'no-such-gift']) {
    await to(`/gifts/${slug}?lang=ru`);
    await unfold(page);
    await all(slug);
  }

  // What a server says that has little, is late, refuses a date, wants a token, or is away.
  await page.route('**/graphql?*Overview*', async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    body.data.all.gifts = 6;
    await route.fulfill({ response, json: body });
  });
  await to('/?lang=ru');
  await page.getByRole('region', { name: '⟦There is more⟧' }).waitFor();
  await all('a server with little');
  await page.unroute('**/graphql?*Overview*');
  await page.getByLabel('⟦Date⟧', { exact: true }).fill('19777');
  await page.locator('.field-error').waitFor();
  await all('a date that is refused');
  await to('/?lang=ru');
  await page.route('**/graphql?*', (route) => route.abort());
  await page.getByLabel('⟦Giver⟧', { exact: true }).selectOption('mali');
  await page.locator('.failed').first().waitFor();
  await page.locator('.old-note').waitFor();
  await all('a server that is away');
  await page.unroute('**/graphql?*');
  const errors = [{ message: 'a token is needed', extensions: { code: 'UNAUTHENTICATED' } }];
  await page.route('**/graphql?*', (route) => route.fulfill({ json: { errors } }));
  await page.getByRole('button', { name: '⟦Try again⟧' }).first().click();
  await page.locator('.token').first().waitFor();
  await all('a server that wants a token');
};
