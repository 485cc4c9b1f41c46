// What the story on the dashboard rests on: pictures that show what the API knows, a sentence that is true of every filter,
// and the way from the article to all gifts.

import assert from 'node:assert/strict';
import { ask, dashboard, settled } from './page.mjs';

export const checks = {};

/** The pixels of a part of the page, line by line: each as one number. */
async function pixels(page, clip) {
  const picture = await page.screenshot({ clip });
  // A page of ours loads no pictures from elsewhere; an empty one reads this.
  const reader = await page.context().newPage();
  const lines = await reader.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const brightness = (at) => data[at] + data[at + 1] + data[at + 2];
    return Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_, x) => brightness((y * width + x) * 4)),
    );
  }, picture.toString('base64'));
  await reader.close();
  return lines;
}

/** How often brightness turns from rising to falling or back along a line, by more than noise. */
function turns(line) {
  const middle = (Math.max(...line) + Math.min(...line)) / 2;
  if (Math.max(...line) - Math.min(...line) < 60) return 0;
  return line.filter((value, at) => at > 0 && value > middle !== line[at - 1] > middle).length;
}

checks['the gift of 1965 to 1980 is hatched in the 1970s, in the pixels'] = async ({ open, picture }) => {
  const page = await dashboard(open, '/?giver=china&recipient=north-korea', { reducedMotion: 'reduce' });
  const time = page.getByRole('region', { name: 'Over time' });
  const toggle = time.getByRole('button', { name: 'Show what is only possible' });
  if ((await toggle.getAttribute('aria-pressed')) === 'false') await toggle.click();
  const marks = time.locator('.picture path[fill^="url(#"]');
  await marks.first().waitFor();
  await time.scrollIntoViewIfNeeded();
  const label = await time.locator('.picture svg text', { hasText: /^1970s$/ }).boundingBox();
  assert.ok(label, 'the axis names the 1970s');
  const centre = label.x + label.width / 2;
  const boxes = (await Promise.all((await marks.all()).map((mark) => mark.boundingBox()))).filter(Boolean);
  const near = boxes.filter((box) => Math.abs(box.x + box.width / 2 - centre) < label.width);
  assert.ok(near.length > 0, 'a hatched mark stands over the 1970s');
  const [{ x, y, width, height }] = near;
  const lines = await pixels(page, { x, y, width, height });
  const column = lines.map((line) => line[Math.floor(line.length / 2)]);
  assert.ok(turns(column) >= 6, `its brightness turns ${turns(column)} times`);
  await picture(page, 'story hatched');
};

/** Numbers that look random, the same in each run. */
function dice(seed) {
  let state = seed;
  return (most) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * most);
  };
}

checks['the sentence is that of the statistics under twenty random filters'] = async ({ open }) => {
  const page = await dashboard(open);
  const roll = dice(20);
  const { giftStats: all } = await ask(
    page,
    '{ giftStats { byGiver(first: 100) { nation { slug } } byRecipient(first: 100) { nation { slug } } byAnimal(first: 100) { animal { slug } } } }',
  );
  const slugs = (groups, of) => groups.map((group) => group[of]?.slug).filter(Boolean);
  const from = slugs(all.byGiver, 'nation');
  const to = slugs(all.byRecipient, 'nation');
  const animals = slugs(all.byAnimal, 'animal');
  const any = (all) => all[roll(all.length)];
  const kinds = [
    () => ['giver', any(from), (slug) => ({ giver: { slug: { eq: slug } } })],
    () => ['recipient', any(to), (slug) => ({ recipient: { slug: { eq: slug } } })],
    () => ['animal', any(animals), (slug) => ({ animal: { slug: { eq: slug } } })],
    () => ['status', any(['ON_DISPLAY', 'DELIVERED', 'RETURNED', 'DIED']), (status) => ({ status: { eq: status } })],
    () => ['mode', any(['GIFT', 'LOAN', 'UNSPECIFIED']), (mode) => ({ mode: { eq: mode } })],
    () => ['date', any(['195X', '197X', '19XX', '20XX']), (date) => ({ date: { overlaps: date, known: true } })],
  ];
  let matched = 0;
  for (let round = 0; round < 20; round += 1) {
    const chosen = new Map();
    for (let count = 1 + roll(2); count > 0; count -= 1) {
      const [name, value, filter] = any(kinds)();
      chosen.set(name, [value, filter(value)]);
    }
    const address = new URLSearchParams();
    let where = {};
    for (const [name, [value, filter]] of chosen) {
      address.set(name, ['status', 'mode'].includes(name) ? value.toLowerCase() : value);
      where = { ...where, ...filter };
    }
    await page.goto(`/?${address}`);
    await settled(page);
    const { giftStats } = await ask(page, 'query($where: GiftFilter) { giftStats(where: $where) { gifts summary } }', { where });
    if (giftStats.gifts > 0) matched += 1;
    assert.equal(await page.locator('.hero-lead').textContent(), giftStats.summary, String(address));
  }
  assert.ok(matched > 5, `only ${matched} filters match anything`);
};

checks['each chart has an address that leads to it'] = async ({ open }) => {
  const page = await dashboard(open, '/?giver=china');
  const flows = page.getByRole('region', { name: 'From whom to whom' });
  const link = await flows.getByRole('link', { name: 'Link to this chart' }).getAttribute('href');
  const other = await dashboard(open, `/?giver=china${link.slice(link.indexOf('#'))}`);
  const region = other.getByRole('region', { name: 'From whom to whom' });
  await other.waitForFunction(() => scrollY > 200);
  const { y } = await region.boundingBox();
  assert.ok(Math.abs(y) < 200, `it begins ${y} pixels below the top`);
};

checks['who may loads all gifts with one click, who may not reads the command'] = async ({ another }) => {
  const { open, token } = await another({ MENAGERIE_SEED: 'article' });
  const page = await dashboard(open);
  const more = page.getByRole('region', { name: 'There is more' });
  assert.match(await more.textContent(), /menagerie seed history/);
  assert.equal(await more.getByRole('button').count(), 0);
  const secret = await token('admin');
  await page.evaluate((secret) => sessionStorage.setItem('menagerie:token', secret), secret);
  await page.reload();
  await settled(page);
  await more.getByRole('button', { name: 'Load them now' }).click();
  await page.waitForFunction(() => Number(document.querySelector('.figure .value')?.textContent) > 50, null, { timeout: 60_000 });
  await more.waitFor({ state: 'detached' });
};
