// A subscription while it lasts and at its end: its results for GraphiQL, and where it stands for the line below them.

import { BrokenOff, results, type Ending } from '../events.ts';

/** As much of an answer as is read here. */
export interface Result {
  data?: unknown;
  errors?: readonly unknown[];
}

/** Where the subscription that was run last stands. */
export interface Standing {
  state: 'listening' | 'complete' | 'broken off';
  /** How many results have come. */
  count: number;
  /** When it came to stand so. */
  at: Date;
}

let standing: Standing | null = null;
const listeners = new Set<() => void>();

/** Where the last subscription stands; null where none was run, or the reader has stopped it. */
export const standingNow = (): Standing | null => standing;

/** Calls back whenever that changes; gives what ends it. */
export function onStanding(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Forgets the last subscription. */
export function forget(): void {
  tell(null);
}

function tell(now: Standing | null): void {
  standing = now;
  listeners.forEach((listener) => listener());
}

const WHY: Record<Ending, string> = {
  ended: 'the server stopped, or something between here and there closed the connection',
  failed: 'the connection to the server was lost',
  silent: 'nothing came from the server any more, not even the signs of life that it sends every 10 seconds',
};

/** The last result, with an error in front of it that says how the subscription ended and how to go on. */
export function broken({ ending, cursor }: BrokenOff, last: Result | undefined): Result {
  const how = cursor
    ? 'Run it again with the cursor of the last event as the argument after (it stands in extensions), and nothing is missed.'
    : 'Run it again, and query the data anew: what has changed in between is not told.';
  const shown = last ? ' Below is the last event.' : '';
  const message = `The subscription ended before it was complete: ${WHY[ending]}. Changes since then are not shown. ${how}${shown}`;
  const error = { message, ...(cursor && { extensions: { after: cursor } }) };
  const { errors = [], ...rest } = last ?? {};
  return { errors: [error, ...errors], ...rest };
}

/**
 * The results in this body, and behind them what is told where they break off. GraphiQL asks twice for the iterator: once
 * for the results, and once to stop them, which must not wait for the next result.
 */
export function followed(body: ReadableStream<Uint8Array>, leaving: AbortController): AsyncIterable<Result> {
  let isLeft = false;
  const reading = follow(body, leaving, () => isLeft);
  const iterator: AsyncIterator<Result> = {
    next: () => reading.next(),
    return: () => {
      isLeft = true;
      leaving.abort();
      forget();
      return reading.return(undefined);
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

async function* follow(body: ReadableStream<Uint8Array>, leaving: AbortController, isLeft: () => boolean): AsyncGenerator<Result> {
  let last: Result | undefined;
  let count = 0;
  const stand = (state: Standing['state']) => {
    if (!isLeft()) tell({ state, count, at: new Date() });
  };
  stand('listening');
  try {
    for await (const result of results<Result>(body, leaving)) {
      last = result;
      count += 1;
      stand('listening');
      yield result;
    }
    stand('complete');
  } catch (error) {
    if (!(error instanceof BrokenOff)) throw error;
    stand('broken off');
    yield broken(error, last);
  }
}
