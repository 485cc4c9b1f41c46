// An answer as GraphiQL shows it: the GraphQL result in it, or an error in words where it holds none.

/** An error without a stack: GraphiQL would show it, and it says nothing about the reader's query. */
export function failure(message: string): Error {
  const error = new Error(message);
  delete error.stack;
  return error;
}

/** The words of an error that a browser throws. */
export const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The GraphQL result in this answer. */
export async function resultOf<Result>(response: Response): Promise<Result> {
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    throw failure(`The connection was lost before the answer had come whole: ${said(error)}. Run the query again.`);
  }
  try {
    const json: unknown = JSON.parse(text);
    if (isResult(json)) return json as Result;
  } catch {
    // Told below.
  }
  throw failure(explained(response, text));
}

function isResult(json: unknown): boolean {
  return typeof json === 'object' && json !== null && ('data' in json || 'errors' in json);
}

/** What an answer means that is none of the API's own: a proxy in between gives it, or a server that is going down. */
function explained({ status, statusText, headers }: Response, text: string): string {
  const seconds = Number(headers.get('retry-after'));
  const again = seconds > 0 ? `Run it again in ${seconds} s.` : 'Run it again in a moment.';
  const name = [status, statusText].filter(Boolean).join(' ');
  // What a page says to people, without its title and its styles.
  const words = text
    .replace(/<(head|style|script)\b[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const quoted = words ? `It says: ${words.slice(0, 300)}` : 'Its body is empty.';
  return `The server, or a proxy in front of it, answered ${name} without a GraphQL result. ${meaning(status, again)} ${quoted}`;
}

function meaning(status: number, again: string): string {
  switch (status) {
    case 401:
    case 407:
      return 'It wants to know who asks: a token goes into the headers editor, as {"Authorization": "Bearer TOKEN"}.';
    case 403:
      return 'It does not let this request through.';
    case 404:
      return 'There is no API at this address: is the server served under another path?';
    case 413:
      return 'The query and its variables are too large for it.';
    case 429:
      return `Too much was asked in a short time. ${again}`;
    case 502:
    case 503:
    case 504:
      return `The API is starting, stopping or overloaded. ${again}`;
    default:
      return status < 400 ? 'Is that the page of a login?' : again;
  }
}
