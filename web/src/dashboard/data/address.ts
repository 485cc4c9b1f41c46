// A view of the data as it stands in the page's address, so that it can be shared, and the way back. Pure functions.

import type { AnimalGrouping, Certainty, GiftMode, GiftOrderField, GiftStatus } from '../generated.ts';
import { CERTAINTIES, MODES, STATUSES } from './words.ts';

/** How a date must lie to the span that is looked for. */
export type DateMode = 'possible' | 'certain' | 'unknown';

/** What can be filtered by; empty texts filter nothing. */
export interface Filters {
  text: string;
  /** Slugs. `nation` is either side. */
  giver: string;
  recipient: string;
  nation: string;
  animal: string;
  family: string;
  order: string;
  class: string;
  status: GiftStatus | '';
  mode: GiftMode | '';
  certainty: Certainty | '';
  /** An EDTF date, as it was typed. */
  date: string;
  dates: DateMode;
}

/** What the page shows: the filters, and how. */
export interface View extends Filters {
  by: AnimalGrouping;
  period: 'decade' | 'year';
  sort: GiftOrderField;
  descending: boolean;
  /** The cursor that the table's page stands behind, or before; at most one is set. */
  after: string;
  before: string;
}

export const NO_FILTERS: Filters = {
  text: '',
  giver: '',
  recipient: '',
  nation: '',
  animal: '',
  family: '',
  order: '',
  class: '',
  status: '',
  mode: '',
  certainty: '',
  date: '',
  dates: 'possible',
};

const DEFAULT: View = {
  ...NO_FILTERS,
  by: 'ANIMAL',
  period: 'decade',
  sort: 'DATE',
  descending: true,
  after: '',
  before: '',
};

const GROUPINGS: readonly AnimalGrouping[] = ['ANIMAL', 'FAMILY', 'ORDER', 'CLASS'];
const SORTS: readonly GiftOrderField[] = ['TITLE', 'DATE', 'DATE_END', 'TOTAL', 'CREATED_AT', 'UPDATED_AT'];
const TEXTS = ['text', 'giver', 'recipient', 'nation', 'animal', 'family', 'order', 'class', 'date'] as const;

/** The view that an address's query string tells; what it says that is not known here is passed over. */
export function readView(query: string): View {
  const parameters = new URLSearchParams(query);
  const view: View = { ...DEFAULT };
  for (const name of TEXTS) view[name] = parameters.get(name)?.trim() ?? '';
  const among = <Word extends string>(name: string, words: readonly Word[]): Word | undefined => {
    const found = parameters.get(name)?.toUpperCase().replaceAll('-', '_');
    return words.find((word) => word.toUpperCase() === found);
  };
  view.status = among('status', STATUSES) ?? '';
  view.mode = among('mode', MODES) ?? '';
  view.certainty = among('certainty', CERTAINTIES) ?? '';
  view.dates = among<DateMode>('dates', ['certain', 'unknown']) ?? DEFAULT.dates;
  view.by = among('by', GROUPINGS) ?? DEFAULT.by;
  view.period = among<View['period']>('period', ['year']) ?? DEFAULT.period;
  view.sort = among('sort', SORTS) ?? DEFAULT.sort;
  view.descending = parameters.get('direction') ? parameters.get('direction') !== 'asc' : DEFAULT.descending;
  view.after = parameters.get('after') ?? '';
  view.before = view.after ? '' : (parameters.get('before') ?? '');
  return view;
}

/** The query string that tells this view, without what goes without saying; empty or with its `?`. */
export function writeView(view: View): string {
  const parameters = new URLSearchParams();
  for (const name of TEXTS) if (view[name]) parameters.set(name, view[name]);
  for (const name of ['status', 'mode', 'certainty', 'dates', 'by', 'period', 'sort'] as const) {
    if (view[name] !== DEFAULT[name]) parameters.set(name, view[name].toLowerCase().replaceAll('_', '-'));
  }
  if (view.descending !== DEFAULT.descending) parameters.set('direction', view.descending ? 'desc' : 'asc');
  if (view.after) parameters.set('after', view.after);
  else if (view.before) parameters.set('before', view.before);
  const text = parameters.toString();
  return text && `?${text}`;
}

/** An address of the page with the language that this query string names, or without one where it names none. */
export function withLanguage(address: string, query: string): string {
  const [, path = '', asked = '', fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/.exec(address) ?? [];
  const parameters = new URLSearchParams(asked);
  const language = new URLSearchParams(query).get('lang');
  if (language === null && !parameters.has('lang')) return address;
  parameters.delete('lang');
  if (language !== null) parameters.set('lang', language);
  const text = parameters.toString();
  return path + (text && `?${text}`) + fragment;
}

/** The view with something else; another question begins at the table's first page. */
export function changed(view: View, change: Partial<View>): View {
  return { ...view, after: '', before: '', ...change };
}

/** Whether anything is filtered. */
export function isFiltered(view: View): boolean {
  return Object.entries(NO_FILTERS).some(([name, none]) => view[name as keyof Filters] !== none);
}
