// What a view means in the API's own terms: the filter, the order, and the addresses that carry them elsewhere.

import { at } from '../../base.ts';
import type { GiftFilter, GiftOrder } from '../generated.ts';
import type { View } from './address.ts';

/** How many gifts a page of the table has. */
export const PAGE_SIZE = 20;

/** The filter of this view; undefined where everything is shown. */
export function filterOf(view: View): GiftFilter | undefined {
  const nation = (slug: string) => ({ slug: { eq: slug } });
  const filter: GiftFilter = {};
  if (view.text) filter.text = view.text;
  if (view.giver) filter.giver = nation(view.giver);
  if (view.recipient) filter.recipient = nation(view.recipient);
  if (view.nation) filter.or = [{ giver: nation(view.nation) }, { recipient: nation(view.nation) }];
  if (view.animal || view.family || view.order || view.class) {
    filter.animal = {
      ...(view.animal && { slug: { eq: view.animal } }),
      ...(view.family && { family: { eq: view.family } }),
      ...(view.order && { order: { eq: view.order } }),
      ...(view.class && { class: { eq: view.class } }),
    };
  }
  if (view.status) filter.status = { eq: view.status };
  if (view.mode) filter.mode = { eq: view.mode };
  if (view.certainty) filter.certainty = { eq: view.certainty };
  if (view.dates === 'unknown') filter.date = { known: false };
  else if (view.date) {
    // A gift without any date is possible at all times: without `known` it would be among those of every span.
    filter.date = view.dates === 'certain' ? { within: view.date } : { overlaps: view.date, known: true };
  }
  return Object.keys(filter).length > 0 ? filter : undefined;
}

/** The order of the table; the id decides ties on the server. */
export function orderOf(view: View): GiftOrder[] {
  return [{ field: view.sort, direction: view.descending ? 'DESC' : 'ASC' }];
}

/** The page of the table that this view shows. */
export function pageOf(view: View) {
  if (view.before) return { last: PAGE_SIZE, before: view.before };
  return { first: PAGE_SIZE, ...(view.after && { after: view.after }) };
}

/** Where a table of these gifts can be had as a file. */
export function exportAddress(view: View, ending: 'csv' | 'ndjson'): string {
  const filter = filterOf(view);
  const parameters = new URLSearchParams({
    // A spreadsheet takes a table without this mark for another encoding.
    ...(ending === 'csv' && { bom: '1' }),
    ...(filter && { where: JSON.stringify(filter) }),
  }).toString();
  return at(`/export/gifts.${ending}${parameters && `?${parameters}`}`);
}

/** Where GraphiQL opens with this query. */
export function graphiqlAddress(query: string, variables: unknown = {}): string {
  return at(`/graphiql?${new URLSearchParams({ query, variables: JSON.stringify(variables, null, 2) })}`);
}

/** Whether the API refuses the date that was typed; its words are for the field. */
export function isDateRefused(code: string, message: string): boolean {
  return code === 'BAD_USER_INPUT' && REFUSED_DATE.test(message);
}

/** The API's words without the argument's name, which the reader never typed. */
export function dateAdvice(message: string): string {
  return message.replace(REFUSED_DATE, '');
}

const REFUSED_DATE = /^`(?:overlaps|within)`: /;
