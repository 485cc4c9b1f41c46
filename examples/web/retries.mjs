// What clients do at 429 and 503, by themselves and when they are told to: `node retries.mjs ADDRESS`, a line of JSON.
//
// The server answers both by `application/graphql-response+json`, with errors and `Retry-After`. For Apollo's RetryLink and
// urql's retryExchange that is an answer, no failure: they repeat only what fails. In front of the server stands
// `refusing` of gate.mjs, since a server that has work to do and none to spare is hard to come by.

import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { RetryLink } from '@apollo/client/link/retry';
import { Client, fetchExchange } from '@urql/core';
import { retryExchange } from '@urql/exchange-retry';
import { map } from 'rxjs';
import { refusing } from './gate.mjs';

const address = process.argv[2].replace(/\/$/, '');
const BUSY = [429, 503];
const QUERY = '{ gift(slug: "ru-kp-2024") { id slug } }';

/** The seconds that the server asks to wait, or else 1. */
const wanted = (response) => Number(response.headers.get('retry-after') ?? 1);
const wait = (seconds) => new Promise((over) => setTimeout(over, 1000 * seconds));

/** For each client there is: a `fetch` that repeats what the server had no time for. It gives up after three. */
async function patient(url, request) {
  for (let tried = 1; ; tried += 1) {
    const response = await fetch(url, request);
    if (!BUSY.includes(response.status) || tried === 3) return response;
    await wait(wanted(response));
  }
}

/** Below a RetryLink: makes a failure of an answer that says "later", so that the link repeats it. */
const busyIsFailure = new ApolloLink((operation, forward) =>
  forward(operation).pipe(
    map((result) => {
      const { response } = operation.getContext();
      if (BUSY.includes(response?.status)) throw Object.assign(new Error(result.errors[0].message), { response });
      return result;
    }),
  ),
);
// A RetryLink repeats mutations as well: give them an `idempotencyKey`.
const retryLink = new RetryLink({
  attempts: (count, operation, error) => count < 3 && (!error.response || BUSY.includes(error.response.status)),
  delay: (count, operation, error) => 1000 * (error.response ? wanted(error.response) : 2 ** count),
});

async function byApollo(links) {
  const client = new ApolloClient({ link: ApolloLink.from(links), cache: new InMemoryCache() });
  const { data, error } = await client.query({ query: gql(QUERY), errorPolicy: 'all' });
  return data?.gift?.slug ?? error.message;
}
async function byUrql(url, exchange, fetch) {
  const client = new Client({ url, exchanges: [exchange, fetchExchange].filter(Boolean), fetch, preferGetMethod: false });
  const { data, error } = await client.query(QUERY, {}).toPromise();
  return data?.gift?.slug ?? error.message;
}

const CLIENTS = {
  RetryLink: (url) => byApollo([new RetryLink(), new HttpLink({ uri: url })]),
  'RetryLink, told': (url) => byApollo([retryLink, busyIsFailure, new HttpLink({ uri: url })]),
  'Apollo Client, patient fetch': (url) => byApollo([new HttpLink({ uri: url, fetch: patient })]),
  retryExchange: (url) => byUrql(url, retryExchange({})),
  // Its pauses are its own: it does not know `Retry-After`.
  'retryExchange, told': (url) =>
    byUrql(
      url,
      retryExchange({ retryIf: (error) => error.networkError || BUSY.includes(error.response?.status), maxNumberAttempts: 3 }),
    ),
  'urql, patient fetch': (url) => byUrql(url, null, patient),
};

const answers = await Promise.all(
  Object.entries(CLIENTS).flatMap(([client, ask]) =>
    BUSY.map(async (status) => {
      const server = await refusing(address, { status, times: 1 });
      const said = await ask(`${server.address}/graphql`);
      return { client, status, said, ...server.counted };
    }),
  ),
);

// What a gateway says by a page of its own is a failure for both, and both repeat mutations then, which may have been made.
const MUTATION = 'mutation { updateGift(input: { id: "gift_cn-jp", title: "Pandas" }) { gift { id } } }';
const MUTATING = {
  async RetryLink(url) {
    const link = ApolloLink.from([new RetryLink({ delay: { initial: 20 } }), new HttpLink({ uri: url })]);
    await new ApolloClient({ link, cache: new InMemoryCache() }).mutate({ mutation: gql(MUTATION), errorPolicy: 'all' });
  },
  async retryExchange(url) {
    const exchanges = [retryExchange({ initialDelayMs: 20 }), fetchExchange];
    await new Client({ url, exchanges, preferGetMethod: false }).mutation(MUTATION, {}).toPromise();
  },
};
const mutations = {};
for (const [client, mutate] of Object.entries(MUTATING)) {
  const server = await refusing(address, { status: 502, gateway: true, times: Infinity });
  await mutate(`${server.address}/graphql`);
  mutations[client] = server.counted.requests;
}
console.log(JSON.stringify({ answers, mutations }));
process.exit();
