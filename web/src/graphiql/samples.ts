// The sample queries of schema/operations, bundled when the page is built. A file's first line, a comment, is its title.

/** A query to start from. */
export interface Sample {
  /** What the menu shows. */
  title: string;
  query: string;
  /** JSON for the variables editor; empty when the query takes none. */
  variables: string;
}

// Vite reads these calls when it builds: their arguments have to be literals.
const queries = import.meta.glob<string>('../../../schema/operations/*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const variables = import.meta.glob<string>('../../../schema/operations/*.variables.json', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** All samples, in the order of their file names. */
export const samples: Sample[] = Object.entries(queries)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([path, query]) => ({
    title: /^#\s*(\S.*)/.exec(query)?.[1]?.trim() ?? path.replace(/^.*\//, ''),
    query,
    variables: variables[path.replace(/\.graphql$/, '.variables.json')] ?? '',
  }));
