// A null that nobody knows, and a null that failed: `node nulls.mjs ADDRESS`, on the set `article`; a line of JSON.
//
// A null is "failed" where an error has its path, and "unknown" where none has. So whoever shows a null has to look at the
// errors of that answer, and whoever keeps the null has to keep the error with it or neither.

import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { cacheExchange as documentCache, Client, fetchExchange } from '@urql/core';
import { cacheExchange as graphcache } from '@urql/exchange-graphcache';
import { keys, typePolicies } from './values.mjs';

const url = `${process.argv[2].replace(/\/$/, '')}/graphql`;
// Nobody says how many pandas China gave to Japan. The page behind what is no cursor cannot be read.
const QUERY = `{ gift(slug: "cn-jp") { id total { text } } gifts(after: "no cursor") { totalCount } }`;

/** What the nulls of an answer mean; `errors` are those of the answer. */
function meaning(data, errors = []) {
  const of = (value, path) => {
    if (value !== null) return 'known';
    return errors.some((error) => path.startsWith(error.path?.join('.'))) ? 'failed' : 'unknown';
  };
  return { total: of(data.gift.total, 'gift.total'), gifts: of(data.gifts, 'gifts') };
}

/** What a client says of the nulls when it is asked twice, and how many requests that takes. */
async function twice(create) {
  let requests = 0;
  const counting = (...request) => {
    requests += 1;
    return fetch(...request);
  };
  const ask = create(counting);
  return { answers: [await ask(), await ask()], requests };
}

function apollo(fetch, then = () => {}) {
  const cache = new InMemoryCache({ typePolicies });
  const client = new ApolloClient({ link: new HttpLink({ uri: url, fetch }), cache });
  return async () => {
    const { data, error } = await client.query({ query: gql(QUERY), errorPolicy: 'all' });
    then(cache, error?.errors ?? []);
    return meaning(data, error?.errors);
  };
}
/** Takes what failed out of the cache. Here a root field fails; below one, evict the field of the object that has it. */
const forget = (cache, errors) => errors.forEach(({ path: [fieldName] }) => cache.evict({ id: 'ROOT_QUERY', fieldName }));

function urql(fetch, cache) {
  const client = new Client({ url, exchanges: [cache, fetchExchange], fetch, preferGetMethod: false });
  return async () => {
    const { data, error } = await client.query(QUERY, {}).toPromise();
    return meaning(data, error?.graphQLErrors);
  };
}

const found = {
  'Apollo Client': await twice((fetch) => apollo(fetch)),
  'Apollo Client that forgets': await twice((fetch) => apollo(fetch, forget)),
  'document cache': await twice((fetch) => urql(fetch, documentCache)),
  Graphcache: await twice((fetch) => urql(fetch, graphcache({ keys }))),
};
console.log(JSON.stringify(found));
process.exit();
