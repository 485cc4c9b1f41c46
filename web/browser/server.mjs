// A server of its own for the checks: on a free port, over an embedded database in a temporary folder with all seed data.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const SAYS = /^Menagerie serves the API at (http:\/\/\S+)\/graphql$/m;

/** How long it may take to start and load, in milliseconds. */
const PATIENCE = 120_000;

/** Starts the program, and gives its `address` and a `stop` that leaves nothing behind. `env` is set on top. */
export async function start(program, env = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'menagerie-browser-'));
  // Only what is set here counts: no settings of the caller's, and in this folder no `.env`.
  const own = Object.entries(process.env).filter(([name]) => !/^(MENAGERIE|MONGODB|OTEL)_/.test(name));
  const environment = {
    ...Object.fromEntries(own),
    MENAGERIE_BIND: '127.0.0.1:0',
    MENAGERIE_DATA_DIR: join(folder, 'data'),
    MENAGERIE_DATABASE_MEMORY_MB: '512',
    MENAGERIE_SEED: 'article,history',
    ...env,
  };
  const child = spawn(resolve(program), ['serve'], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((ends) => {
    child.once('exit', ends);
    child.once('error', ends);
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    process.off('exit', kill);
    await rm(folder, { recursive: true, force: true });
  };

  let log = '';
  child.stderr.on('data', (data) => (log += data));
  const address = await new Promise((found) => {
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
      const address = SAYS.exec(text)?.[1];
      if (address) found(address);
    });
    ended.then(() => found(null));
    setTimeout(() => found(null), PATIENCE).unref();
  });
  if (!address) {
    await stop();
    throw new Error(`${program} does not serve; its log:\n${log}`);
  }
  /** A token of this role. */
  const token = async (role = 'editor') => {
    const made = spawn(resolve(program), ['token', 'create', `browser-${role}`, '--role', role], { cwd: folder, env: environment });
    let text = '';
    made.stdout.on('data', (data) => (text += data));
    await new Promise((ends) => made.once('exit', ends));
    return text.trim();
  };
  return { address, stop, token };
}
