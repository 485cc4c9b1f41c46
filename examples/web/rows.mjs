// Takes the yaks out of a gift with urql and Graphcache, and shows what the cache then holds, beside what the server says:
// `node rows.mjs http://127.0.0.1:8080 TOKEN`, with the token of an editor. Rows have ids, so the cache tells them apart.

import { Client, fetchExchange, gql } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';

const [address, token] = process.argv.slice(2);
if (!token) {
  console.error('usage: node rows.mjs ADDRESS TOKEN; accepted are the address of a server and the token of an editor');
  process.exit(2);
}

const client = new Client({
  url: `${address}/graphql`,
  preferGetMethod: false,
  fetchOptions: { headers: { authorization: `Bearer ${token}` } },
  // A count is a part of its row and has no id.
  exchanges: [cacheExchange({ keys: { Count: () => null } }), fetchExchange],
});

const slug = 'ru-kp-2024';
const GIFT = gql`
  query ($slug: String!) {
    gift(by: { slug: $slug }) {
      id
      items { id animal { id commonName } count { min max text } attributes names status }
    }
  }
`;
// It tells no more of the rows than what has changed.
const UPDATE = gql`
  mutation ($input: UpdateGiftInput!) {
    updateGift(input: $input) { gift { id items { id count { min max text } } } userErrors { message } }
  }
`;

const read = async (requestPolicy) => {
  const { data, error } = await client.query(GIFT, { slug }, { requestPolicy }).toPromise();
  if (error) throw error;
  return data?.gift ?? null;
};
const shown = (gift) => gift?.items.map(({ animal, count }) => `${animal.commonName} ${count.text}`).join('; ') ?? 'nothing';

const before = await read('network-only');
console.log(`before: ${shown(before)}`);
const kept = before.items.filter(({ animal }) => animal.commonName !== 'Domestic yak');
const items = kept.map(({ animal, count, attributes, names, status }) => ({
  animal: animal.id,
  count: { min: count.min, max: count.max },
  attributes,
  names,
  status,
}));
const { data, error } = await client.mutation(UPDATE, { input: { id: before.id, items, withoutClaim: true } }).toPromise();
if (error ?? data.updateGift.userErrors.length) throw error ?? new Error(JSON.stringify(data.updateGift.userErrors));
console.log(`cache: ${shown(await read('cache-only'))}`);
console.log(`server: ${shown(await read('network-only'))}`);
