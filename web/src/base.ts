// Where the server stands: at the root of its host, or under the path that a proxy gives it, which the server writes into
// each page.

const base = globalThis.document?.documentElement.dataset.base ?? '/';

/** The address, as the browser needs it, of what the server has at this path. */
export const at = (path: string): string => base + path.replace(/^\//, '');

/** The path that the page's own address names, as the server knows it. */
export function pathHere(): string {
  const { pathname } = location;
  return pathname.startsWith(base) ? `/${pathname.slice(base.length)}` : pathname;
}

/** Whether this server has GraphiQL, or its schema as a file. */
export const has = (what: 'graphiql' | 'schema'): boolean =>
  (globalThis.document?.documentElement.dataset.has ?? 'graphiql schema').split(' ').includes(what);
