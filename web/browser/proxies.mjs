// Checks the pages behind nginx and Caddy, as deploy/ has them: at the root, under a path that the proxy takes off or passes
// on, and with another `Host`. `node proxies.mjs --server PROGRAM`; a proxy that is not on the PATH is told and passed over.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium as playwright } from 'playwright-core';
import { chromium } from './chromium.mjs';
import { pages } from './page.mjs';
import { start } from './server.mjs';

const { values } = parseArgs({ options: { server: { type: 'string' } } });
if (!values.server) {
  console.error('usage: node proxies.mjs --server PROGRAM');
  process.exit(2);
}

/** What a proxy may do: the path that it serves the server under, what it does with it, and the Host that it sends. */
const WAYS = [
  { name: 'at the root', path: '/', takesOff: true, host: true },
  { name: 'at the root, with another Host', path: '/', takesOff: true, host: false },
  { name: 'under a path that it takes off', path: '/menagerie/', takesOff: true, host: true },
  { name: 'under a path that it passes on, with another Host', path: '/menagerie/', takesOff: false, host: false },
];

const PROXIES = {
  nginx: {
    config: ({ path, takesOff, host }, port, server, folder) => `
      daemon off; pid ${folder}/pid; error_log stderr error; worker_processes 1;
      events { worker_connections 256; }
      http {
        access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
        fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
        map $http_upgrade $connection_for { default upgrade; '' ''; }
        server {
          listen 127.0.0.1:${port};
          client_max_body_size 0;
          location ${path} {
            proxy_pass ${server}${takesOff ? '/' : ''};
            proxy_http_version 1.1;
            ${host ? 'proxy_set_header Host $http_host;' : ''}
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_for;
            proxy_buffering off;
          }
        }
      }`,
    run: (file, folder) => ['nginx', ['-p', folder, '-c', file]],
  },
  caddy: {
    config: ({ path, takesOff, host }, port, server) => `{
	admin off
	auto_https off
}
http://127.0.0.1:${port} {
	${path === '/' ? 'handle' : takesOff ? `handle_path ${path}*` : `handle ${path}*`} {
		reverse_proxy ${server.replace('http://', '')} {
			${host ? '' : 'header_up Host {upstream_hostport}'}
			flush_interval -1
		}
	}
}
`,
    run: (file) => ['caddy', ['run', '--adapter', 'caddyfile', '--config', file]],
  },
};

async function freePort() {
  const server = createServer();
  await new Promise((listens) => server.listen(0, '127.0.0.1', listens));
  const { port } = server.address();
  await new Promise((closes) => server.close(closes));
  return port;
}

async function answers(address) {
  for (let tries = 0; tries < 200; tries += 1) {
    const response = await fetch(address).catch(() => null);
    if (response?.ok) return;
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error(`nothing answers at ${address}`);
}

/** Uses everything once, as a reader would. */
async function use(open, outside) {
  const page = await open(outside);
  await page.locator('.gift-table tbody th a').first().click();
  await page.getByRole('region', { name: 'The figures' }).waitFor();
  assert.match(page.url(), new RegExp(`^${outside}gifts/`));
  await page.reload();
  await page.getByRole('region', { name: 'The figures' }).waitFor();
  const used = await page.evaluate(async (base) => {
    const socket = new WebSocket(`${base.replace('http', 'ws')}graphql`, 'graphql-transport-ws');
    const acknowledged = new Promise((done, fails) => {
      socket.onopen = () => socket.send('{"type":"connection_init"}');
      socket.onmessage = ({ data }) => done(JSON.parse(data).type);
      socket.onerror = () => fails(new Error('the socket failed'));
    });
    const table = await fetch(`${base}export/gifts.csv`);
    const leaving = new AbortController();
    const events = await fetch(`${base}graphql/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'subscription { changes { cursor } }' }),
      signal: leaving.signal,
    });
    const stream = [events.status, events.headers.get('content-type')];
    const beat = await events.body.getReader().read();
    leaving.abort();
    return { acknowledged: await acknowledged, rows: (await table.text()).split('\n').length, stream, beat: beat.value.length };
  }, outside);
  assert.equal(used.acknowledged, 'connection_ack');
  assert.ok(used.rows > 50, `${used.rows} rows`);
  assert.deepEqual(used.stream, [200, 'text/event-stream; charset=utf-8']);
  assert.ok(used.beat > 0);
  const asked = async (query) => {
    const address = `${outside}graphql?${new URLSearchParams({ query })}`;
    const response = await fetch(address, { headers: { accept: 'application/graphql-response+json' } });
    const [kept, id] = ['cache-control', 'x-request-id'].map((name) => response.headers.get(name));
    return [response.status, kept, id !== null, (await response.json()).errors.length];
  };
  // A status that HTTP does not know, and the headers of a refusal, which some proxies add only to those they know.
  assert.deepEqual([await asked('{ node(id: "x") { id } nations(first: 1) { totalCount } }'), await asked('{ nothing }')], [
    [294, 'no-store', true, 1],
    [422, 'no-store', true, 1],
  ]);
  const graphiql = await open(`${outside}graphiql`);
  // A click before the sample stands in the editor runs nothing.
  await graphiql.locator('.graphiql-query-editor .view-line', { hasText: 'gift' }).first().waitFor();
  await graphiql.getByRole('button', { name: /Execute/ }).click();
  await graphiql.locator('.result-window', { hasText: '"data"' }).waitFor();
}

let failed = 0;
const browser = await playwright.launch({
  executablePath: chromium(),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
for (const [name, proxy] of Object.entries(PROXIES)) {
  if (spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0) {
    console.log(`not checked: ${name}, which is not installed`);
    continue;
  }
  for (const way of WAYS) {
    const folder = await mkdtemp(join(tmpdir(), 'menagerie-proxy-'));
    const port = await freePort();
    const outside = `http://127.0.0.1:${port}${way.path}`;
    const server = await start(values.server, { MENAGERIE_PUBLIC_URL: outside });
    const file = join(folder, 'config');
    await writeFile(file, proxy.config(way, port, server.address, folder));
    const [program, parameters] = proxy.run(file, folder);
    const child = spawn(program, parameters, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder } });
    let log = '';
    child.stderr.on('data', (data) => (log += data));
    const opened = pages(browser, new URL(outside).origin);
    try {
      await answers(outside);
      await use(opened.open, outside);
      assert.deepEqual(opened.problems, []);
      console.log(`ok     ${name}: ${way.name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${name}: ${way.name}\n${[error.stack, ...opened.problems, log].join('\n')}`);
    } finally {
      await opened.close();
      child.kill();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }
}
await browser.close();
process.exitCode = failed ? 1 : 0;
