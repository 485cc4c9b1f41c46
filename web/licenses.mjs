// Writes dist/licenses.txt: the packages that the pages are made of, with their licences and notices. What only builds the
// pages is not in them.

import { readdir, readFile, writeFile } from 'node:fs/promises';

const here = new URL('./', import.meta.url);
const lock = JSON.parse(await readFile(new URL('package-lock.json', here), 'utf8'));
const NOTICE = /^(licen[cs]e|copying|notice)/i;

const texts = new Map();
const lines = [];
for (const [path, { version, license, dev, optional }] of Object.entries(lock.packages)) {
  if (path === '' || dev || optional) continue;
  const name = `${path.replace(/^.*node_modules\//, '')} ${version}`;
  lines.push(`${name}: ${license ?? 'see its notice'}`);
  const folder = new URL(`${path}/`, here);
  const files = (await readdir(folder, { withFileTypes: true })).filter((one) => one.isFile() && NOTICE.test(one.name));
  for (const file of files.map((one) => one.name).sort()) {
    const text = (await readFile(new URL(file, folder), 'utf8')).trim();
    texts.set(text, [...(texts.get(text) ?? []), name]);
  }
}
if (lines.length === 0) throw new Error('package-lock.json names no package');
const parts = [...texts].map(([text, names]) => `${'='.repeat(80)}\n${names.join(', ')}\n\n${text}\n`);
await writeFile(new URL('dist/licenses.txt', here), `${lines.sort().join('\n')}\n\n${parts.join('\n')}`);
