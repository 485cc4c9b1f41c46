// Runs the three clients against a server, in Node: `npm start -- http://127.0.0.1:8080`.

import { readFile, rm } from 'node:fs/promises';
import { transformAsync } from '@babel/core';
import { build } from 'esbuild';
import { Window } from 'happy-dom';

const address = process.argv[2];
if (!address) {
  console.error('usage: npm start -- ADDRESS; accepted is the address of a server, such as http://127.0.0.1:8080');
  process.exit(2);
}

// Relay's compiler has put its queries beside the code; its plugin puts them in the place of the graphql`…` in it.
const relay = {
  name: 'relay',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.tsx$/ }, async ({ path }) => {
      const { code } = await transformAsync(await readFile(path, 'utf8'), {
        filename: path,
        babelrc: false,
        configFile: false,
        parserOpts: { plugins: ['typescript', 'jsx'] },
        plugins: ['relay'],
      });
      return { contents: code, loader: 'tsx' };
    }),
};

// A file of its own: another run may be under way.
const built = new URL(`./build/${process.pid}.js`, import.meta.url);
await build({
  entryPoints: ['src/main.tsx'],
  outfile: built.pathname,
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  jsx: 'automatic',
  plugins: [relay],
  absWorkingDir: import.meta.dirname,
});

// The page: React needs no more of a browser than this. The requests are Node's own.
const window = new Window();
for (const [name, value] of Object.entries({ window, document: window.document, navigator: window.navigator })) {
  Object.defineProperty(globalThis, name, { value });
}

try {
  const { main } = await import(built);
  await main(`${address}/graphql`);
} finally {
  await rm(built);
}
// Connections that are kept open would keep this open.
process.exit();
