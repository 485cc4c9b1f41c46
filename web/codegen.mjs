// Writes src/dashboard/generated.ts: the types of the dashboard's operations, the operations themselves without blanks, so
// that they fit into an address, and the version. Run by every npm script that needs it; the file is not checked in.
//
// SCHEMA names another schema than the checked-in one.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { codegen } from '@graphql-codegen/core';
import * as operations from '@graphql-codegen/typescript-operations';
import { Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql';

const here = new URL('./', import.meta.url);
const folder = new URL('src/dashboard/operations/', here);
const target = new URL('src/dashboard/generated.ts', here);
const schemaFile = process.env.SCHEMA ?? new URL('../schema/schema.graphql', here);

// The pages and the server that carries them have one version.
const manifest = await readFile(new URL('../Cargo.toml', here), 'utf8');
const version = /^version = "([^"]+)"/m.exec(manifest)?.[1];
if (version === undefined) throw new Error('Cargo.toml says no version');

const HEADING = `// Made by codegen.mjs from operations/ and the schema: do not edit.\n`;

/** The names of the fragments that this part of a document needs, and those that they need in turn. */
function fragmentsOf(node, all, found = new Set()) {
  visit(node, {
    FragmentSpread({ name }) {
      if (found.has(name.value)) return;
      found.add(name.value);
      fragmentsOf(all.get(name.value), all, found);
    },
  });
  return found;
}

/** Each operation as one line of text that knows its types. */
const texts = {
  plugin(_schema, documents) {
    const definitions = documents.flatMap(({ document }) => document.definitions);
    const fragments = new Map(
      definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((one) => [one.name.value, one]),
    );
    const lines = definitions
      .filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
      .map((operation) => {
        const name = operation.name.value;
        const kind = operation.operation === 'mutation' ? 'Mutation' : 'Query';
        const parts = [operation, ...[...fragmentsOf(operation, fragments)].map((one) => fragments.get(one))];
        const text = stripIgnoredCharacters(parts.map(print).join(' '));
        return `export const ${name}Document = ${JSON.stringify(text)} as Operation<${name}${kind}, ${name}${kind}Variables>;`;
      });
    return {
      prepend: [HEADING, `import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';\n`],
      content: [
        '/** The text of an operation, with the types of its answer and of its variables. */',
        'export type Operation<Answer, Variables> = string & DocumentTypeDecoration<Answer, Variables>;',
        '/** The version of the program that these pages are part of. */',
        `export const version = ${JSON.stringify(version)};`,
        ...lines,
      ].join('\n'),
    };
  },
};

const names = (await readdir(folder)).filter((name) => name.endsWith('.graphql')).sort();
const documents = await Promise.all(
  names.map(async (name) => ({
    location: name,
    document: parse(await readFile(new URL(name, folder), 'utf8')),
  })),
);
const made = await codegen({
  filename: target.pathname,
  schema: parse(await readFile(schemaFile, 'utf8')),
  documents,
  config: {},
  plugins: [
    {
      operations: {
        enumType: 'string-literal',
        skipTypename: true,
        avoidOptionals: false,
        useTypeImports: true,
        scalars: { ID: 'string', Date: 'string', DateTime: 'string' },
      },
    },
    { texts: {} },
  ],
  pluginMap: { operations, texts },
});

// An unchanged file keeps its time: the dev server would load the page anew.
const before = await readFile(target, 'utf8').catch(() => '');
if (before !== made) await writeFile(target, made);
