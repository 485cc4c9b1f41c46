// A change by an editor: `node write.mjs ADDRESS TOKEN`, with the token of an editor, on the set `article`; a line of JSON.

import { randomUUID } from 'node:crypto';
import { ask } from './ask.mjs';

const [address, token] = process.argv.slice(2);
const READ = 'query ($id: ID!) { gift(id: $id) { title version } }';
const UPDATE = `
  mutation ($input: UpdateGiftInput!) {
    updateGift(input: $input) { gift { title version } userErrors { code field message } }
  }
`;
const id = 'gift_cn-jp';
const bearer = { authorization: `Bearer ${token}` };

/** Mistakes in what was to be changed are data, `userErrors`; everything else that went wrong is in `errors`. */
async function update(input, headers = bearer) {
  const { data, errors, status } = await ask(address, UPDATE, { input: { id, ...input } }, headers);
  const { gift, userErrors } = data?.updateGift ?? { gift: null, userErrors: [] };
  return { status, ...gift, error: errors[0]?.extensions.code, mistakes: userErrors.map(({ code, field }) => [code, field]) };
}

const { data } = await ask(address, READ, { id });
// A key of one's own for each change, made once and sent with each try of it.
const change = { title: 'Pandas for Japan', expectedVersion: data.gift.version, idempotencyKey: randomUUID() };
const found = {
  before: data.gift.version,
  withoutToken: await update(change, {}),
  first: await update(change),
  // No answer came, perhaps: the same again is made only once, and answered the same.
  again: await update(change),
  // The same key with something else in it is a mistake of the program.
  other: await update({ ...change, title: 'Bears for Japan' }),
  // Who still holds the version from before is told that it was changed in between.
  late: await update({ title: 'Cranes for Japan', expectedVersion: data.gift.version }),
  figure: await update({ total: { min: 1 } }),
};
const after = await ask(address, READ, { id });
console.log(JSON.stringify({ ...found, after: after.data.gift }));
