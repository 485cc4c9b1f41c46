// Puts each client's list into a page without a browser, and presses "Load more" until there is no more. Every client
// must come to all gifts, each once. ../start.mjs makes the page and calls this.

import type { ComponentType } from 'react';
import { createRoot } from 'react-dom/client';
import { ApolloGifts } from './apollo.tsx';
import { RelayGifts } from './relay.tsx';
import { UrqlGifts } from './urql.tsx';

const CLIENTS: [string, ComponentType<{ url: string; first: number }>][] = [
  ['Apollo Client', ApolloGifts],
  ['urql', UrqlGifts],
  ['Relay', RelayGifts],
];

/** How long a page may take, in milliseconds. */
const PATIENCE = 30_000;

async function until<T>(what: string, look: () => T | null | undefined | false): Promise<T> {
  for (const since = Date.now(); Date.now() - since < PATIENCE; ) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`waited in vain for ${what}: ${document.body.innerHTML.slice(0, 500)}`);
}

/** Pages through all gifts with one client, and gives a line about it. */
async function walk(name: string, Gifts: ComponentType<{ url: string; first: number }>, url: string) {
  const place = document.createElement('div');
  document.body.append(place);
  const root = createRoot(place);
  root.render(<Gifts url={url} first={10} />);
  const shown = () => place.querySelectorAll('li').length;
  const total = () => Number(place.querySelector('p')?.textContent?.match(/of (\d+) gifts/)?.[1] ?? Number.NaN);
  let pages = 1;
  await until('the first page', () => place.querySelector('ul'));
  while (shown() < total()) {
    const before = shown();
    (await until('a button', () => place.querySelector<HTMLButtonElement>('button:not([disabled])'))).click();
    await until('the next page', () => shown() > before);
    pages += 1;
  }
  await until('the end', () => place.querySelector('button[disabled]'));
  const ids = new Set([...place.querySelectorAll('li')].map(({ id }) => id));
  if (ids.size !== total() || shown() !== total()) {
    throw new Error(`${name} shows ${shown()} gifts, ${ids.size} different ones, of ${total()}`);
  }
  root.unmount();
  return `${name}: ${ids.size} gifts on ${pages} pages`;
}

export async function main(url: string): Promise<void> {
  for (const [name, Gifts] of CLIENTS) console.log(await walk(name, Gifts, url));
}
