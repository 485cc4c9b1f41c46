// A request by `fetch` alone: for programs that keep nothing, no client is needed.

/** Asks the server at this address; gives what the body says, the status, and the seconds that the server asks to wait. */
export async function ask(address, query, variables = {}, headers = {}) {
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors = [] } = await response.json();
  return { data, errors, status: response.status, retryAfter: Number(response.headers.get('retry-after') ?? 0) };
}
