// Filters by variables, so that one document serves every question: `node filters.mjs ADDRESS`, on the set `article`; a line
// of JSON. What is unknown is possible everywhere and certain nowhere: each question says which of the two it means.

import { ask } from './ask.mjs';

const address = process.argv[2].replace(/\/$/, '');
const GIFTS = 'query Gifts($where: GiftFilter) { gifts(where: $where) { totalCount nodes { slug } } }';

const QUESTIONS = {
  everything: null,
  'at least 50 animals, for certain': { total: { atLeast: 50 } },
  'at least 50 animals, perhaps': { total: { atLeast: 50, sure: false } },
  'no number is told': { total: { known: false } },
  'in 2024, for certain': { date: { within: '2024' } },
  'in 1970, perhaps': { date: { overlaps: '1970' } },
  'no date is told': { date: { known: false } },
  'from a nation of Asia to one outside of it': {
    giver: { region: { eq: 'Asia' } },
    not: { recipient: { region: { eq: 'Asia' } } },
  },
  'pandas, or from Russia': { or: [{ animal: { slug: { eq: 'giant-panda' } } }, { giver: { isoAlpha2: { eq: 'RU' } } }] },
  'outside of any event': { event: { known: false } },
};

const found = {};
for (const [question, where] of Object.entries(QUESTIONS)) {
  const { data, errors } = await ask(address, GIFTS, { where });
  if (errors.length > 0) throw new Error(errors[0].message);
  found[question] = data.gifts.nodes.map(({ slug }) => slug);
}

// A condition whose variable is absent asks nothing; null in a filter is refused, for it would find everything.
const BY_GIVER = 'query ByGiver($giver: String) { gifts(where: { giver: { slug: { eq: $giver } } }) { totalCount } }';
const count = async (variables) => {
  const { data, errors } = await ask(address, BY_GIVER, variables);
  return data?.gifts?.totalCount ?? errors[0].extensions.code;
};
found.giver = { china: await count({ giver: 'china' }), absent: await count({}), null: await count({ giver: null }) };
console.log(JSON.stringify(found));
