// The page's address as React sees it: two kinds of pages, and links that do not load anything anew. A language that the
// address names stays in those of our pages.

import { useEffect, useSyncExternalStore, type ComponentProps, type MouseEvent } from 'react';
import { at, pathHere } from '../base.ts';
import { withLanguage } from './data/address.ts';
import { follow, remember } from './data/language.ts';
import type { Code } from './languages.ts';

const MOVED = 'menagerie:moved';

function subscribe(listener: () => void) {
  addEventListener('popstate', listener);
  addEventListener(MOVED, listener);
  return () => {
    removeEventListener('popstate', listener);
    removeEventListener(MOVED, listener);
  };
}

/** Where the reader is: the path and the query string, without the fragment. */
export function useAddress(): { path: string; query: string } {
  const path = useSyncExternalStore(subscribe, pathHere);
  const query = useSyncExternalStore(subscribe, () => location.search);
  return { path, query };
}

/** Whether an address is one of this script's pages; the others are loaded anew, and are English. */
const isOurs = (address: string) => /^\/(?:\?|#|$)|^\/gifts\/[^/]+$/.test(address);

/** The address of a page, in the language of this one. */
const likeHere = (address: string) => (isOurs(address) ? withLanguage(address, location.search) : address);

/** Goes to an address. `replace` leaves no trace in the history, for what changes with every letter. */
export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  const address = likeHere(to);
  if (address === pathHere() + location.search) return;
  if (!isOurs(address)) {
    location.assign(at(address));
    return;
  }
  if (how === 'push') history.pushState(null, '', at(address));
  else history.replaceState(null, '', at(address));
  dispatchEvent(new Event(MOVED));
}

/** Speaks the language that the address asks for, now and whenever it changes. */
export function followLanguage(): Promise<void> {
  subscribe(() => void follow());
  return follow();
}

/**
 * Speaks this language. It is remembered, and so it stands in the address only where one did before, or where nothing can be
 * remembered.
 */
export function chooseLanguage(code: Code): void {
  const isRemembered = remember(code);
  if (!isRemembered || new URLSearchParams(location.search).has('lang')) {
    const here = pathHere() + location.search + location.hash;
    history.replaceState(null, '', at(withLanguage(here, `?lang=${code}`)));
  }
  dispatchEvent(new Event(MOVED));
}

/** The slug of the gift that a path names; null for the overview. */
export function giftOf(path: string): string | null {
  const slug = /^\/gifts\/([^/]+)\/?$/.exec(path)?.[1];
  if (!slug) return null;
  try {
    return decodeURIComponent(slug);
  } catch {
    // A percent sign that begins no byte: no gift has this name, which the page then says.
    return slug;
  }
}

export const giftAddress = (slug: string) => `/gifts/${encodeURIComponent(slug)}`;

/** The page of what is no gift. */
export const pageOf = (kind: 'nations' | 'animals' | 'events' | 'claims', name: string) =>
  `/${kind}/${encodeURIComponent(name)}`;

const KEY = 'menagerie:overview';

/** Keeps what the overview shows, for the way back to it. */
export function rememberOverview(query: string): void {
  try {
    sessionStorage.setItem(KEY, query);
  } catch {
    // Without a place to keep it, the way back leads to all gifts.
  }
}

/** The overview as it was last seen. */
export function overviewAddress(): string {
  try {
    return `/${sessionStorage.getItem(KEY) ?? ''}`;
  } catch {
    return '/';
  }
}

/** A link to a page of ours. With a modifier key it opens elsewhere, as links do. */
export function Link({ href, onClick, ...rest }: ComponentProps<'a'> & { href: string }) {
  function follow(event: MouseEvent<HTMLAnchorElement>) {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  }
  return <a href={at(likeHere(href))} onClick={follow} {...rest} />;
}

/** Names the page in the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Menagerie`;
  }, [title]);
}
