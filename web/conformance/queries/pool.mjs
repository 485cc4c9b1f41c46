// What the generator fills arguments with: ids, slugs, names, cursors and dates that the server has, and some that it
// has not.

const ASKED = `{
  gifts(first: 40) { edges { cursor node { id slug title date { edtf } } } }
  nations(first: 40) { edges { cursor node { id slug name isoAlpha2 isoAlpha3 region subregion } } }
  animals(first: 40) { edges { cursor node { id slug commonName taxonomy { class order family } nativeTo } } }
  events(first: 40) { edges { cursor node { id slug title date { edtf } } } }
  claims(first: 40) { edges { cursor node { id code } } }
  sources(first: 40) { edges { cursor node { id title publisher } } }
  timeline(first: 40) { edges { cursor } }
}`;

/** The fields of a page that name what it is about, in the words of the filters. */
const VALUES = {
  gifts: ['slug'],
  nations: ['slug', 'name', 'isoAlpha2', 'isoAlpha3', 'region', 'subregion'],
  animals: ['slug', 'commonName', 'nativeTo'],
  events: ['slug'],
  claims: ['code'],
  sources: ['publisher'],
};

const KINDS = { gifts: 'Gift', nations: 'Nation', animals: 'Animal', events: 'Event', claims: 'Claim', sources: 'Source' };

/** Reads the pool from a server. The same data give the same pool. */
export async function pool(ask) {
  const { data, errors } = await ask({ query: ASKED });
  if (errors) throw new Error(`the data of the arguments cannot be read: ${JSON.stringify(errors)}`);
  const found = { ids: {}, cursors: {}, values: {}, dates: ['1972', '197X', '1990/2000', '2024-11', '1986~'], words: [] };
  for (const [page, kind] of Object.entries(KINDS)) {
    const nodes = data[page].edges.map((edge) => edge.node);
    found.ids[kind] = [...nodes.map((node) => node.id), `${kind.toLowerCase()}_that-is-not-there`];
    found.cursors[`${kind}Connection`] = data[page].edges.map((edge) => edge.cursor);
    for (const field of VALUES[page]) {
      const values = nodes.flatMap((node) => node[field]).filter((value) => value !== null);
      found.values[`${kind}.${field}`] = [...new Set(values), 'not-there'];
    }
    found.dates.push(...nodes.flatMap((node) => node.date?.edtf ?? []).slice(0, 10));
    const texts = nodes.map((node) => node.title ?? node.name ?? node.commonName ?? '');
    found.words.push(...texts.flatMap((text) => text.toLowerCase().match(/[a-z]{4,}/g) ?? []).slice(0, 30));
  }
  found.cursors.TimelineConnection = data.timeline.edges.map((edge) => edge.cursor);
  for (const rank of ['class', 'order', 'family']) {
    found.values[`Animal.${rank}`] = [...new Set(data.animals.edges.map((edge) => edge.node.taxonomy[rank]))];
  }
  return found;
}
