// Runs the checks of the pages in a browser; README.md tells how. One line for each check, and exit status 1 when one fails.

import { parseArgs } from 'node:util';
import { chromium as playwright } from 'playwright-core';
import { chromium } from './chromium.mjs';
import { pages } from './page.mjs';
import { start } from './server.mjs';

/** The files with the checks: each exports `checks`, functions by what holds when they do not throw. */
const SUITES = ['dashboard', 'story', 'languages', 'graphiql', 'explorer'];

const USAGE = `usage: node run.mjs (ADDRESS | --server PROGRAM) [--only WORDS] [--screenshots FOLDER]
  ADDRESS               the address of a running server with all seed data, such as http://127.0.0.1:8080
  --server PROGRAM      the server's program: it is started on a database of its own
  --only WORDS          only the checks with these words in their name or the name of their file
  --screenshots FOLDER  where to keep pictures of the pages`;

function read() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { server: { type: 'string' }, only: { type: 'string' }, screenshots: { type: 'string' } },
  });
  if (positionals.length + (values.server ? 1 : 0) !== 1) throw new Error('one ADDRESS or --server is needed');
  return { ...values, address: positionals[0]?.replace(/\/$/, '') };
}

let options;
try {
  options = read();
} catch (error) {
  console.error(`${error.message}\n${USAGE}`);
  process.exit(2);
}

/** Runs one check; gives what is wrong, or nothing. */
async function failure(browser, { address, token }, check) {
  const opened = pages(browser, address, options.screenshots);
  const problems = [opened.problems];
  const ends = [opened.close];
  /** Another server, with these settings on top; only where one can be started. */
  async function another(env) {
    const own = await start(options.server, env);
    const { open, picture, problems: its, close } = pages(browser, own.address, options.screenshots);
    problems.push(its);
    ends.unshift(close, own.stop);
    return { ...own, open, picture };
  }
  try {
    await check({ address, token, another, open: opened.open, picture: opened.picture });
  } catch (error) {
    return [error.stack ?? String(error), ...problems.flat()].join('\n');
  } finally {
    for (const end of ends) await end();
  }
  return problems.flat().join('\n');
}

let server;
let browser;
let failed = 0;
let count = 0;
try {
  const executablePath = chromium();
  server = options.server ? await start(options.server) : { address: options.address, stop: async () => {}, token: async () => process.env.TOKEN };
  browser = await playwright.launch({
    executablePath,
    // Root has no sandbox; and no name but this machine's is looked up.
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
  for (const suite of SUITES) {
    const { checks } = await import(`./${suite}.mjs`);
    for (const [name, check] of Object.entries(checks)) {
      const title = `${suite}: ${name}`;
      if (options.only && !title.includes(options.only)) continue;
      if (!options.server && String(check).includes('another')) {
        console.log(`--     ${title}: needs --server`);
        continue;
      }
      count += 1;
      const wrong = await failure(browser, server, check);
      console.log(`${wrong ? 'FAILED' : 'ok    '} ${title}`);
      if (!wrong) continue;
      failed += 1;
      console.log(wrong.replace(/^/gm, '       '));
    }
  }
} catch (error) {
  console.error(error.message);
  failed += 1;
} finally {
  await browser?.close();
  await server?.stop();
}
console.log(`${count} checks in the browser, ${failed} failed`);
// No checks at all are no success.
process.exitCode = failed || !count ? 1 : 0;
