// The documents that .graphqlrc.yml names, project by project, held against the schema that it names: `node configured.mjs`.
//
// Prints a JSON line for each project: {project, files, mistakes}. Of the patterns that graphql-config knows it reads those that
// stand there: a file, and `FOLDER/*.graphql`. (graphql-config itself has 75 packages of 31 MB, and reads the same.)

import { readdirSync, readFileSync } from 'node:fs';

import { buildSchema, concatAST, parse, Source, validate } from 'graphql';
import { parse as fromYaml } from 'yaml';

const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');

function files(pattern) {
  const [, folder, ending] = /^([^*]*\/)\*(\.\w+)$/.exec(pattern) ?? [];
  if (folder) return readdirSync(new URL(folder, root)).filter((name) => name.endsWith(ending)).map((name) => folder + name);
  if (pattern.includes('*')) throw new Error(`${pattern}: accepted are a file and FOLDER/*.graphql`);
  return [pattern];
}

for (const [project, { schema, documents }] of Object.entries(fromYaml(read('.graphqlrc.yml')).projects)) {
  const found = [documents].flat().flatMap(files);
  const document = concatAST(found.map((path) => parse(new Source(read(path), path))));
  const mistakes = validate(buildSchema(read(schema)), document).map(({ message, nodes }) => `${nodes?.[0]?.loc?.source.name}: ${message}`);
  console.log(JSON.stringify({ project, files: found, mistakes }));
}
