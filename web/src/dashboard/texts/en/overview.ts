// English: the first page, without its charts.

import { gifts, nations, number } from './counting.ts';

/** The numbers at the top. */
const headline = {
  lead: 'Who gave which animals to whom, when, and how many, with what the sources leave open and where they disagree.',
  gifts: 'Gifts',
  animals: 'Animals given',
  unknownCounts: 'Unknown counts',
  nations: 'Nations',
  ofAll: (all: number) => `of ${number(all)} on record`,
  onRecord: 'on record, with loans and tributes',
  gaveTo: (count: number) => `gave to ${nations(count)}`,
  noNumber: 'no source gives a number',
  leastOnly: 'the least that they can be; some sources leave the most open',
  counted: 'all of them counted',
  leastAndMost: 'the least and the most that they can be',
  allNumbered: 'every gift has a number',
  unnumbered: (count: number) => `${gifts(count)} of which no number is known, counted as unknown and not as none`,
};

/**
 * The numbers in sentences, for languages that the API does not speak; in English its own words stand there. Names stand
 * behind a colon, where no language declines them.
 */
const summary = {
  none: 'No gift matches.',
  gifts: (count: number, all: number | null) => `${gifts(count)}${all === null ? '' : ` of ${number(all)}`}.`,
  giver: 'Giver: {names}.',
  givers: (count: number) => `Givers: ${number(count)}.`,
  recipient: 'Recipient: {names}.',
  recipients: (count: number) => `Recipients: ${number(count)}.`,
  gaveMost: (count: number) => `Gave the most: {names} (${number(count)}).`,
  mostOften: (count: number) => `Given most often: {names} (${number(count)}).`,
  unknown: (count: number) => `Gifts of which nobody knows how many animals it was: ${number(count)}.`,
};

const old = (time: string) => `The numbers below are as of ${time}, before this filter.`;

const shown = (gifts: string) => `${gifts} shown`;

const filters = {
  label: 'Filter the gifts',
  toggle: (count: number) => (count > 0 ? `Filters (${number(count)})` : 'Filters'),
  text: 'Words',
  textHint: 'names, places, animals',
  giver: 'Giver',
  recipient: 'Recipient',
  nation: 'Giver or recipient',
  animal: 'Animal',
  family: 'Family',
  order: 'Order',
  class: 'Class',
  status: 'Status',
  mode: 'Way',
  certainty: 'Certainty',
  anyNation: 'Any nation',
  anyAnimal: 'Any animal',
  anyStatus: 'Any status',
  anyMode: 'Any way',
  anyCertainty: 'Any certainty',
  date: 'Date',
  dateHint: '1972, 197X, 1957/1965',
  dateRefused: 'The date is not accepted.',
  dates: 'The date lies',
  possible: 'possibly in this span',
  certain: 'certainly in this span',
  unknown: 'at an unknown time',
  set: 'Filters that are set',
  /** A filter that is set: what is filtered by, and its value. */
  chip: '{name}: {value}',
  chipPossible: 'Possibly in {value}',
  chipCertain: 'Certainly in {value}',
  chipUndated: 'No known date',
  takeAway: ', take away',
  clear: 'Clear all',
};

const empty = {
  title: 'No gift matches',
  noGifts: 'There are no gifts here yet. Load some with “menagerie seed”.',
  one: 'Nothing is known with this filter:',
  several: 'No gift fits all of these at once. Take one of them away:',
  takeAll: 'Take all away',
};

const moreData = {
  title: 'There is more',
  lead: (count: number) =>
    `These are the gifts of one article. ${number(count)} more, documented one by one, come with the program: {command} loads them, also beside a running server.`,
  load: 'Load them now',
  loading: 'Loading …',
  loaded: 'Loaded.',
};

const table = {
  title: 'The gifts',
  total: (count: number) => `${number(count)} in all`,
  caption: (size: number) => `Gifts, ${number(size)} to a page`,
  openInGraphiql: 'Open in GraphiQL',
  date: 'Date',
  gift: 'Gift',
  route: 'From and to',
  animals: 'Animals',
  howMany: 'How many',
  howManyHere: 'How many: ',
  status: 'Status',
  pages: 'Pages of the list',
  previous: '← Previous',
  next: 'Next →',
  disagree: 'sources disagree',
  disagreeing: 'Sources contradict each other about this gift',
  to: 'to',
  inferred: 'inferred',
  inferredMeans: 'Not said by the source: concluded from elsewhere',
  summed: 'summed',
  summedMeans: 'The sum of the animals that are listed; no source gives a total',
};

const search = {
  label: 'Search gifts, nations, animals, events and claims',
  hint: 'Search gifts, nations, animals, claims',
  results: 'Found',
  nothing: (wanted: string) => `Nothing is found for “${wanted}”.`,
  found: (count: number) => `${number(count)} found, arrow keys to choose`,
  kinds: { Gift: 'Gift', Nation: 'Nation', Animal: 'Animal', Event: 'Event', Claim: 'Claim' },
};

const timeline = {
  title: 'Timeline of gifts and events',
  lead: (count: number) => `${number(count)} in all, the latest first; what has no date comes last.`,
  event: 'event',
  more: 'Show more',
};

export const overview = { headline, summary, old, shown, filters, empty, moreData, table, search, timeline };
