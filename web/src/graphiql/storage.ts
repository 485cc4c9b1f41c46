// What GraphiQL keeps in the browser: tabs, history, settings. Never the request headers, which may hold a token.

import type { GraphiQLProps } from 'graphiql';

const PREFIX = 'graphiql:';

// The history plugin stores the headers of every request, whatever `shouldPersistHeaders` says.
const HISTORY = [`${PREFIX}queries`, `${PREFIX}favorites`];

/** The browser's local storage, but that the history in it has no headers. */
export const storage: NonNullable<GraphiQLProps['storage']> = {
  get length() {
    return ownKeys().length;
  },
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, HISTORY.includes(key) ? withoutHeaders(value) : value),
  removeItem: (key) => localStorage.removeItem(key),
  clear: () => ownKeys().forEach((key) => localStorage.removeItem(key)),
};

function ownKeys(): string[] {
  return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
}

function withoutHeaders(history: string): string {
  return JSON.stringify(JSON.parse(history), (key, value: unknown) => (key === 'headers' ? undefined : value));
}
