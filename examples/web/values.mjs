// What has no id in the schema, for the caches that keep objects by type and id.

/** What stands below one field. Two selections of it have to be put together, or the second takes the place of the first. */
export const VALUES = [
  'Capital',
  'Conservation',
  'Count',
  'Dataset',
  'GiftStats',
  'Location',
  'Locator',
  'PageInfo',
  'PartialDate',
  'Person',
  'Place',
  'SearchIndex',
  'ServiceConfig',
  'Taxonomy',
];

/** What stands in lists. A list is replaced as a whole: select the same of it everywhere, by one fragment. */
export const ENTRIES = [
  'Attribution',
  'HistoryChange',
  'LocalizedName',
  'SearchHighlight',
  'SearchHighlightPart',
  'ServiceLimit',
];

/** Pages of lists, and what they are made of; see src/apollo.tsx and src/urql.tsx for "Load more". */
const LISTS = ['Animal', 'Claim', 'Event', 'Gift', 'History', 'Nation', 'Search', 'Source', 'Timeline'];
export const CONNECTIONS = LISTS.map((kind) => `${kind}Connection`);
const EDGES = LISTS.map((kind) => `${kind}Edge`);

/** For `new InMemoryCache({ typePolicies })` of Apollo Client. A token has a name for an id. */
export const typePolicies = {
  ...Object.fromEntries([...VALUES, ...CONNECTIONS].map((type) => [type, { merge: true }])),
  Token: { keyFields: ['name'] },
};

/** For `cacheExchange({ keys })` of urql's Graphcache, which puts selections together by itself. */
export const keys = {
  ...Object.fromEntries([...VALUES, ...ENTRIES, ...CONNECTIONS, ...EDGES].map((type) => [type, () => null])),
  Token: ({ name }) => name,
};
