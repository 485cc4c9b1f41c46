// Writes src/generated/gifts.ts: the types and the document of src/gifts.graphql, by the schema that is checked in.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { codegen } from '@graphql-codegen/core';
import * as documentPlugin from '@graphql-codegen/typed-document-node';
import * as operationsPlugin from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';

const read = async (path) => parse(await readFile(new URL(path, import.meta.url), 'utf8'));
const target = new URL('./src/generated/gifts.ts', import.meta.url);

const text = await codegen({
  filename: target.pathname,
  schema: await read('../../schema/schema.graphql'),
  documents: [{ location: 'gifts.graphql', document: await read('./src/gifts.graphql') }],
  config: { useTypeImports: true, scalars: { Date: 'string', DateTime: 'string' } },
  plugins: [{ operations: {} }, { document: {} }],
  pluginMap: { operations: operationsPlugin, document: documentPlugin },
});
// Relay's compiler, which runs next, makes no folder for itself.
await mkdir(new URL('./relay', target), { recursive: true });
// Another run may be reading it.
if ((await readFile(target, 'utf8').catch(() => '')) !== text) await writeFile(target, text);
