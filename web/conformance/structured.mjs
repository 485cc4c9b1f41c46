// The structured data of every kind of page, held against schema.org's vocabulary as TypeScript knows it (schema-dts): an
// unknown type, a property that its type does not have, and a value of a wrong kind are mistakes of types.
// node structured.mjs ADDRESS: one line of JSON for each page, and one with a summary.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const web = fileURLToPath(new URL('..', import.meta.url));
const address = process.argv[2].replace(/\/$/, '');

/** How many pages of each kind are looked at. */
const OF_EACH = 4;

/** The pages that the sitemap names, a few of each kind, and the one that it stands on. */
async function paths() {
  const map = await (await fetch(`${address}/sitemap.xml`)).text();
  const all = [...map.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, location]) => new URL(location).pathname);
  const kinds = new Map();
  for (const path of new Set(['/', ...all])) {
    const [, kind, name] = path.split('/');
    const key = name === undefined ? path : `/${kind}/…`;
    kinds.set(key, [...(kinds.get(key) ?? []), path]);
  }
  return [...kinds.values()].flatMap((some) => some.slice(0, OF_EACH));
}

/** What a page says in JSON-LD. */
async function linked(path) {
  const html = await (await fetch(address + path)).text();
  const found = [...html.matchAll(/<script type="application\/ld\+json"[^>]*>([\s\S]*?)<\/script>/g)];
  return found.map(([, text]) => JSON.parse(text));
}

/** The mistakes that the compiler finds, by the name of the file. */
async function mistakes(folder) {
  const compiler = join(web, 'node_modules', '.bin', 'tsc');
  const output = await new Promise((done) => {
    execFile(compiler, ['--project', folder, '--pretty', 'false'], { maxBuffer: 1e8 }, (_, out, errors) => done(out + errors));
  });
  const found = new Map();
  let file = 'none';
  for (const line of output.split('\n').filter(Boolean)) {
    // What is indented belongs to the line before.
    if (!line.startsWith(' ')) file = /(\d+)\.ts\(/.exec(line)?.[1] ?? 'none';
    found.set(file, [...(found.get(file) ?? []), line.slice(0, 600)]);
  }
  return found;
}

// Within the folder of the packages, so that the compiler finds them.
const folder = await mkdtemp(join(web, 'node_modules', '.structured-'));
try {
  const statements = [];
  for (const path of await paths()) for (const data of await linked(path)) statements.push({ path, data });
  const options = { strict: true, noEmit: true, skipLibCheck: true, module: 'nodenext', types: [] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
  for (const [index, { data }] of statements.entries()) {
    const type = data['@graph'] ? 'Graph' : `WithContext<${data['@type']}>`;
    const names = data['@graph'] ? 'Graph' : `WithContext, ${data['@type']}`;
    const text = `import type { ${names} } from 'schema-dts';\nexport const page: ${type} = ${JSON.stringify(data, null, 2)};\n`;
    await writeFile(join(folder, `${index}.ts`), text);
  }
  const found = await mistakes(folder);
  for (const [index, { path, data }] of statements.entries()) {
    console.log(JSON.stringify({ path, type: data['@type'] ?? '@graph', mistakes: found.get(String(index)) ?? [] }));
  }
  console.log(JSON.stringify({ summary: { pages: statements.length, elsewhere: found.get('none') ?? [] } }));
} finally {
  await rm(folder, { recursive: true, force: true });
}
