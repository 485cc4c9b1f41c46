// The results in a stream of events (graphql-sse, distinct connections), one after the other.

/** How long nothing at all may come, in milliseconds: the server sends a comment every 10 seconds. */
const SILENCE = 30_000;

/** How a stream ended that the server did not call complete: it just ended, failed, or went silent. */
export type Ending = 'ended' | 'failed' | 'silent';

/** The end of a stream before it was complete. `cursor` is the place after its last event, where that had one. */
export class BrokenOff extends Error {
  constructor(
    readonly ending: Ending,
    readonly cursor: string | undefined,
    cause?: unknown,
  ) {
    super(`the stream of events broke off: ${ending}`, { cause });
  }
}

class Silent extends Error {}

/**
 * Reads the results of a subscription until it is complete; throws `BrokenOff` where it ends before. Who stops asking for
 * them, or aborts `leaving`, leaves, and so the server stops too.
 */
export async function* results<Result>(
  body: ReadableStream<Uint8Array>,
  leaving: AbortController,
  silence = SILENCE,
): AsyncGenerator<Result> {
  let cursor: string | undefined;
  try {
    for await (const { event, data, id } of events(body, silence)) {
      if (event === 'complete') return;
      // An empty id takes the last one back.
      if (id !== undefined) cursor = id || undefined;
      if (event === 'next') yield JSON.parse(data) as Result;
    }
    if (!leaving.signal.aborted) throw new BrokenOff('ended', cursor);
  } catch (error) {
    if (error instanceof BrokenOff) throw error;
    if (!leaving.signal.aborted) throw new BrokenOff(error instanceof Silent ? 'silent' : 'failed', cursor, error);
  } finally {
    leaving.abort();
  }
}

/** One event; `id` is undefined where it has none. */
export interface Event {
  event: string;
  data: string;
  id: string | undefined;
}

/** The events of the HTML standard; comments are none. Fails where nothing, not even a comment, comes for too long. */
export async function* events(body: ReadableStream<Uint8Array>, silence = SILENCE): AsyncGenerator<Event> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (let read = await within(silence, reader.read()); !read.done; read = await within(silence, reader.read())) {
      text += decoder.decode(read.value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = block.split('\n').map((line) => /^(\w+)(?:: ?(.*))?$/.exec(line));
        const value = (name: string) => {
          const field = fields.find((field) => field?.[1] === name);
          return field ? (field[2] ?? '') : undefined;
        };
        const event = value('event');
        if (event !== undefined) yield { event, data: value('data') ?? '', id: value('id') };
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** What is promised, if it comes in this many milliseconds. */
async function within<Value>(milliseconds: number, promise: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fails) => {
    timer = setTimeout(() => fails(new Silent(`nothing came for ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
