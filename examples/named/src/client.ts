// A typed client of the named queries: the types are made from /openapi.json, so that a misspelt parameter or field is an error
// of the compiler.

import createClient from 'openapi-fetch';
import type { paths } from '../build/api.js';

const address = process.argv[2] ?? 'http://127.0.0.1:8080';
const client = createClient<paths>({ baseUrl: address });

const { data: found, error } = await client.GET('/q/FindGifts.json', {
  params: { query: { giver: 'china', text: 'panda', first: 2 } },
});
if (!found) throw new Error(error?.errors.map(({ message }) => message).join('; '));
const titles = found.data.gifts?.nodes.map(({ title }) => title) ?? [];

const { data: one } = await client.GET('/q/OneGift.json', { params: { query: { slug: 'ru-kp-2024' } } });
const total: string | undefined = one?.data.gift?.total?.text;
const certainties = one?.data.gift?.claims.nodes.map(({ certainty }) => certainty) ?? [];

// What is not in order has a status, and names the parameter.
const { error: refused, response } = await client.GET('/q/OneGift.json', {
  params: { query: { slug: '' } },
});

console.log(
  JSON.stringify({
    count: found.data.gifts?.totalCount,
    titles,
    total,
    certainties: [...new Set(certainties)].sort(),
    refused: [response.status, refused?.errors[0]?.message],
  }),
);
