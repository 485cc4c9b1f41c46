// Pages in the browser: opened at a size and in a colour scheme, and watched while they are open.

import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The sizes that the pages are made for, in CSS pixels. */
export const SIZES = { wide: { width: 1280, height: 860 }, narrow: { width: 390, height: 844 } };

/** Each size in each colour scheme, and the colours that a reader forces on every page. */
export const LOOKS = [
  ...Object.keys(SIZES).flatMap((size) =>
    ['light', 'dark'].map((scheme) => ({ size, scheme, name: `${size}, ${scheme}` })),
  ),
  { size: 'wide', scheme: 'dark', forcedColors: 'active', name: 'wide, forced colours' },
];

/**
 * The pages of one check. `open` gives Playwright's page; `problems` lists what they did that no page of ours may do: ask
 * another host, write an error or a warning to the console, fail in a script.
 */
export function pages(browser, address, screenshots) {
  const contexts = [];
  const problems = [];

  /**
   * Opens a path. `size` is one of SIZES, `scheme` is light or dark. A check that makes the server fail names in
   * `expected`, a pattern, what the console may then say; `status` is what the page must be answered with. `init` is Playwright's context options on top.
   */
  async function open(path, { size = 'wide', scheme = 'light', expected, status = 200, ...init } = {}) {
    const context = await browser.newContext({ viewport: SIZES[size], colorScheme: scheme, baseURL: address, ...init });
    contexts.push(context);
    const note = (problem) => {
      if (!expected?.test(problem)) problems.push(problem);
    };
    context.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (!['data:', 'blob:'].includes(protocol) && origin !== address) note(`a request to ${request.url()}`);
    });
    context.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) note(`the console says: ${message.text()}`);
    });
    context.on('weberror', (failure) => note(`a script fails: ${failure.error().stack ?? failure.error()}`));
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const response = await page.goto(path);
    if (response?.status() !== status) throw new Error(`${path} is answered with ${response?.status()}; are the pages built?`);
    return page;
  }

  /** Keeps a picture of the page for people, where a folder for them was named. */
  async function picture(page, name) {
    if (!screenshots) return;
    await mkdir(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, `${name.replace(/\W+/g, '-')}.png`) });
  }

  const close = () => Promise.all(contexts.map((context) => context.close()));
  return { open, picture, problems, close };
}

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * The serious and critical violations that axe-core finds in the page, as lines of text. `exclude` are selectors of parts
 * that are not ours.
 */
export async function violations(page, { exclude = [] } = {}) {
  await page.evaluate(await axeSource);
  const found = await page.evaluate(async (exclude) => {
    const { violations } = await window.axe.run({ exclude: exclude.map((one) => [one]) }, { resultTypes: ['violations'] });
    return violations;
  }, exclude);
  return found
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target}: ${failureSummary}`));
}

/** Whether the page is wider than its window, so that one would have to scroll sideways. */
export async function overflows(page) {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}

/** Waits until nothing on the page is on its way, and the pictures are drawn. */
export async function settled(page) {
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => {
    const pictures = [...document.querySelectorAll('.picture')];
    return !document.querySelector('[aria-busy="true"]') && pictures.every((one) => one.querySelector('svg path'));
  });
}

/** Opens the dashboard or one of its pages, and waits until its data is there. */
export async function dashboard(open, path = '/', options) {
  const page = await open(path, options);
  await settled(page);
  return page;
}

/** Asks the API itself. */
export async function ask(page, query, variables = {}) {
  const { data } = await page.evaluate(
    async ([query, variables]) => {
      const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) });
      return (await fetch(`/graphql?${parameters}`)).json();
    },
    [query, variables],
  );
  return data;
}
