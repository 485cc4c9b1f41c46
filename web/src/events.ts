// The results in a stream of events (graphql-sse, distinct connections), one after the other.

/** Reads the results of a subscription. Who stops asking for them leaves, and so the server stops too. */
export async function* results<Result>(body: ReadableStream<Uint8Array>, leaving: AbortController): AsyncGenerator<Result> {
  try {
    for await (const { event, data } of events(body)) {
      if (event === 'complete') return;
      if (event === 'next') yield JSON.parse(data) as Result;
    }
  } finally {
    leaving.abort();
  }
}

/** The events of the HTML standard, without their ids; comments are none. */
export async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<{ event: string; data: string }> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    text += decoder.decode(read.value, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = block.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line));
      const value = (name: string) => fields.find((field) => field?.[1] === name)?.[2];
      const event = value('event');
      if (event !== undefined) yield { event, data: value('data') ?? '' };
    }
  }
}
