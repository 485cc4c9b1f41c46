// The query that the page's address asks for: `?query=…&variables=…`, as the dashboard's links have it. It opens in a tab
// of its own; nothing is run before the reader says so.

import { parse, print } from 'graphql';

const parameters = new URLSearchParams(location.search);

/** The query, laid out for reading; undefined where the address has none. */
export const askedQuery = laidOut(parameters.get('query'));

/** Its variables, as they stand in the address. */
export const askedVariables = askedQuery ? (parameters.get('variables') ?? undefined) : undefined;

function laidOut(query: string | null): string | undefined {
  if (!query) return undefined;
  try {
    return print(parse(query));
  } catch {
    // The editor marks what is wrong with it.
    return query;
  }
}
