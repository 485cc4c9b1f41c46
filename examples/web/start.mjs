// Runs the three clients against a server, in Node: `npm start -- http://127.0.0.1:8080`.

import { readFile } from 'node:fs/promises';
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

await build({
  entryPoints: ['src/main.tsx'],
  outfile: 'build/main.js',
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

const { main } = await import('./build/main.js');
await main(`${address}/graphql`);
process.exit();
