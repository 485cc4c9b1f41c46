// What Apollo Client's cache makes of values without an id, and of an event that selects less than the page:
// `node caches.mjs ADDRESS TOKEN`, with the token of an editor, on the set `article`; a line of JSON.

import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { buildSchema, getNamedType, isAbstractType, isObjectType } from 'graphql';
import { cacheExchange } from '@urql/exchange-graphcache';
import { Client, fetchExchange } from '@urql/core';
import { ask } from './ask.mjs';
import { keys, typePolicies } from './values.mjs';

const [address, token] = process.argv.slice(2);
const slug = 'ru-kp-2024';
const id = `gift_${slug}`;

/** Counts the requests of one client. */
function counting() {
  const counted = { requests: 0 };
  const counts = (...request) => {
    counted.requests += 1;
    return fetch(...request);
  };
  return [counted, counts];
}
function apollo(policies) {
  const [counted, counts] = counting();
  const cache = new InMemoryCache({ typePolicies: policies });
  return { client: new ApolloClient({ link: new HttpLink({ uri: `${address}/graphql`, fetch: counts }), cache }), counted };
}

/** One page shows the first query, another one the second. How many requests does it take to come back to the first? */
async function back(policies, [first, second]) {
  const { client, counted } = apollo(policies);
  for (const query of [first, second, first]) await client.query({ query: gql(query) });
  return counted.requests;
}
const COUNTS = ['text', 'min max'].map((fields) => `{ gift(slug: "${slug}") { id total { ${fields} } } }`);
const LISTS = ['language', 'name'].map((fields) => `{ animal(slug: "giant-panda") { id names { ${fields} } } }`);

const PAGE = gql`query Page($slug: String!) { gift(slug: $slug) { id total { text min } } }`;
const event = (fields) => gql`
  subscription Event($ids: [ID!], $after: String) {
    changes(ids: $ids, after: $after) { cursor node { ... on Gift { id total { ${fields} } } } }
  }
`;
const UPDATE = gql`mutation Update($input: UpdateGiftInput!) { updateGift(input: $input) { gift { id total { min } } } }`;
const edited = (min) => ({ input: { id, total: { min }, withoutClaim: true } });
const headers = { authorization: `Bearer ${token}` };

/** Somebody edits the gift. What does the page show once the event has come, and does it have to ask again for it? */
async function afterAnEvent(policies, fields, min) {
  const { client, counted } = apollo(policies);
  const { data } = await ask(address, '{ changesCursor }');
  await client.query({ query: PAGE, variables: { slug } });
  const variables = { ids: [id], after: data.changesCursor };
  const heard = new Promise((resolve, reject) => {
    const events = client.subscribe({ query: event(fields), variables });
    const listening = events.subscribe(({ error }) => {
      listening.unsubscribe();
      if (error) reject(error);
      else resolve();
    });
  });
  await ask(address, UPDATE.loc.source.body, edited(min), headers);
  await heard;
  const { requests } = counted;
  const page = await client.query({ query: PAGE, variables: { slug } });
  return { text: page.data.gift.total.text, min: page.data.gift.total.min, asksAgain: counted.requests > requests };
}

/** The same in Graphcache, which needs no `merge`, by the answer to a mutation of its own. */
async function afterAMutation(min) {
  const [counted, counts] = counting();
  const client = new Client({
    url: `${address}/graphql`,
    exchanges: [cacheExchange({ keys }), fetchExchange],
    fetch: counts,
    fetchOptions: { headers },
    preferGetMethod: false,
  });
  await client.query(PAGE, { slug }).toPromise();
  await client.mutation(UPDATE, edited(min)).toPromise();
  const { requests } = counted;
  const { data } = await client.query(PAGE, { slug }).toPromise();
  return { text: data.gift.total.text, min: data.gift.total.min, asksAgain: counted.requests > requests };
}

/** The types that a query can reach and that have no id and are not told in values.mjs. `_Service` is for gateways. */
async function unlisted() {
  const schema = buildSchema(await (await fetch(`${address}/schema.graphql`)).text());
  const reached = new Set([schema.getQueryType()]);
  for (const type of reached) {
    const further = isAbstractType(type) ? schema.getPossibleTypes(type) : Object.values(type.getFields?.() ?? {});
    for (const one of further) reached.add(one.type ? getNamedType(one.type) : one);
  }
  const objects = [...reached].filter((type) => isObjectType(type) && !type.getFields().id);
  return objects.map(({ name }) => name).filter((name) => !(name in keys) && !['Query', '_Service'].includes(name));
}

const found = {
  requests: {
    counts: await back({}, COUNTS),
    'counts, merged': await back(typePolicies, COUNTS),
    'lists, merged': await back(typePolicies, LISTS),
  },
  edits: {
    less: await afterAnEvent({}, 'min', 72),
    'less, merged': await afterAnEvent(typePolicies, 'min', 73),
    'the same, merged': await afterAnEvent(typePolicies, 'text min', 74),
    'less, Graphcache': await afterAMutation(75),
  },
  unlisted: await unlisted(),
};
console.log(JSON.stringify(found));
process.exit();
