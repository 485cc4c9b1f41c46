// What changes on the server, as it happens: one stream of events for the page, at which every part asks again. Where the
// database tells nothing, the parts ask by the clock alone.

import { at } from '../../base.ts';
import { events } from '../../events.ts';
import { credentials, onToken } from './token.ts';

/** How long changes are gathered before the parts ask, in milliseconds. */
const GATHERED = 150;
/** Between two tries to listen, in milliseconds: the first, and the longest. */
const AGAIN = { least: 1_000, most: 60_000 };

const listeners = new Set<() => void>();
let leaving: AbortController | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Calls back whenever something has changed; gives what ends that. */
export function onChange(listener: () => void): () => void {
  listeners.add(listener);
  if (!leaving) void listen();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    leaving?.abort();
    leaving = null;
  };
}

onToken(() => {
  tell();
  if (!leaving) return;
  leaving.abort();
  void listen();
});

function tell(): void {
  clearTimeout(timer);
  timer = setTimeout(() => listeners.forEach((listener) => listener()), GATHERED);
}

async function listen(): Promise<void> {
  const own = new AbortController();
  leaving = own;
  const query = 'subscription { changes { cursor } }';
  for (let wait = AGAIN.least; !own.signal.aborted; wait = Math.min(wait * 2, AGAIN.most)) {
    try {
      const response = await fetch(at('/graphql/stream'), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...credentials() },
        body: JSON.stringify({ query }),
        signal: own.signal,
      });
      if (response.ok && response.body) {
        for await (const { event, data } of events(response.body)) {
          if (event !== 'next' || (JSON.parse(data) as { errors?: unknown }).errors) break;
          wait = AGAIN.least;
          tell();
        }
      }
    } catch {
      // The page is left, or the server is away: the next try finds out.
    }
    if (own.signal.aborted) return;
    await new Promise((later) => setTimeout(later, wait));
    // What happened meanwhile is not told.
    tell();
  }
}
