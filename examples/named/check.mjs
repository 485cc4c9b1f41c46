// Holds /openapi.json against a linter, makes a typed client from it, checks its types and runs it; and runs the example of each
// path. `node check.mjs ADDRESS`: what the client says, as a line of JSON.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import openapiTS, { astToString } from 'openapi-typescript';

const address = (process.argv[2] ?? 'http://127.0.0.1:8080').replace(/\/$/, '');
/** Asks once more where the server has closed a connection that was idle for long. */
const ask = (path) => fetch(`${address}${path}`).catch(() => fetch(`${address}${path}`));
const source = await (await ask('/openapi.json')).text();
const description = JSON.parse(source);

const problems = await lintFromString({ source, config: await createConfig({ extends: ['recommended'] }) });
// The server stands where the description was read, and every licence has a name.
const known = ['no-server-example.com', 'info-license', 'info-license-url'];
const told = problems.filter(({ ruleId }) => !known.includes(ruleId));
if (told.length > 0) throw new Error(told.map(({ ruleId, message }) => `${ruleId}: ${message}`).join('\n'));

mkdirSync('build', { recursive: true });
writeFileSync('build/api.d.ts', astToString(await openapiTS(description)));
execFileSync('node_modules/.bin/tsc', ['--project', '.'], { stdio: 'inherit' });

let examples = 0;
for (const [path, { get }] of Object.entries(description.paths)) {
  if (get.responses['200'].content['text/event-stream']) continue;
  const parameters = new URLSearchParams();
  for (const { name, example, required } of get.parameters) {
    if (example !== undefined) parameters.set(name, example);
    else if (required) throw new Error(`${path}: ${name} is needed and has no example`);
  }
  const response = await ask(`${path}?${parameters}`);
  const type = response.headers.get('content-type').split(';')[0];
  if (response.status !== 200 || !get.responses['200'].content[type]) {
    throw new Error(`${path}?${parameters}: ${response.status} ${type}: ${(await response.text()).slice(0, 300)}`);
  }
  await response.arrayBuffer();
  examples += 1;
}
if (examples < 20) throw new Error(`only ${examples} examples`);

process.stdout.write(execFileSync('node', ['build/out/src/client.js', address]));
