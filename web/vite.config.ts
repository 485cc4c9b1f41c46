// How the pages are built: one entry per page, hashed files under /assets/, which the server carries and serves.

import { defineConfig, type Plugin } from 'vite';

// GraphiQL's stylesheet carries 400 kB of fonts as data: addresses, all of them read on every visit. As files, the
// browser fetches only the few that a page shows, and a content security policy needs no `font-src data:`.
function fontsAsFiles(): Plugin {
  return {
    name: 'fonts-as-files',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue;
        file.source = file.source
          .toString()
          .replace(/url\(data:font\/(ttf|woff2?);base64,([^)]+)\)/g, (_match, ending: string, data: string) => {
            const source = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
            const font = this.emitFile({ type: 'asset', name: `font.${ending}`, source });
            return `url(${this.getFileName(font).replace(/^assets\//, '')})`;
          });
      }
    },
  };
}

export default defineConfig({
  // Relative: the server writes into the pages where it stands.
  base: './',
  plugins: [fontsAsFiles()],
  build: {
    // Nothing becomes a data: address; see the content security policy in README.md.
    assetsInlineLimit: 0,
    // Monaco, the editor, is one piece of 2.8 MB; splitting it would only add requests.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      // The 'use client' of some packages means nothing here, and would be 30 warnings.
      checks: { moduleLevelDirective: false },
      input: {
        index: 'index.html',
        graphiql: 'graphiql.html',
      },
    },
  },
  worker: { format: 'es' },
  // Only `npm run dev` bundles dependencies beforehand. That step knows no worker imports, so their file stays as it
  // is; what the workers import then has to be named where it is CommonJS.
  optimizeDeps: {
    exclude: ['graphiql/setup-workers/vite', '@graphiql/react/setup-workers/vite'],
    include: [
      '@graphiql/react > monaco-graphql > graphql-language-service',
      '@graphiql/react > monaco-graphql > picomatch-browser',
    ],
  },
  server: {
    // The sample queries lie outside this folder.
    fs: { allow: ['..'] },
    proxy: {
      '/graphql': 'http://127.0.0.1:8080',
      '/export': 'http://127.0.0.1:8080',
      '/schema.graphql': 'http://127.0.0.1:8080',
    },
  },
});
