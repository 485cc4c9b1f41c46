// English: the charts, their tables and the small windows over them.

import { gifts, nations, number, plural } from './counting.ts';

const shared = {
  asTable: 'Show as table',
  link: 'Link',
  linkTo: 'Link to this chart',
  embed: 'Embed',
  embedCode: 'Put this into your page',
  gifts: 'Gifts',
  animals: 'Animals',
  when: 'When',
  /** In the small window over a chart: how many gifts, and how many animals. */
  counts: (count: number, animals: string) => `${gifts(count)}, animals: ${animals}`,
};

const map = {
  title: 'On the map',
  lead: 'From capital to capital; the larger a circle, the more a nation gave and received. Choose one, or a line.',
  description:
    "A map of the world with a line from each giving nation's capital to each receiving one's, and a circle at each. The table that follows has the same numbers.",
  notDrawn: (count: number) =>
    plural(count, {
      one: '{n} gift is not drawn: no place is on record for one of the nations.',
      other: '{n} gifts are not drawn: no place is on record for one of the nations.',
    }),
  gaveAndReceived: (given: number, received: number) => `gave ${gifts(given)}, received ${number(received)}`,
};

const flows = {
  title: 'From whom to whom',
  lead: 'Gifts from each giver, on the left, to each recipient, on the right. Choose a nation or a stream to see its gifts.',
  description:
    'Streams from giving nations to receiving nations, as wide as there are gifts. The table that follows has the same numbers.',
  notDrawn: (streams: number, count: number) =>
    `The ${number(streams)} largest streams; ` +
    plural(count, { one: '{n} gift in smaller ones is not drawn.', other: '{n} gifts in smaller ones are not drawn.' }),
  gave: (count: number, others: number) => `gave ${gifts(count)} to ${nations(others)}`,
  received: (count: number, others: number) => `received ${gifts(count)} from ${nations(others)}`,
  caption: 'Gifts by giver and recipient',
  route: 'From and to',
  fromTo: '{giver} to {recipient}',
};

/** What is different for years and for decades. */
const periods = {
  year: {
    choice: 'Years',
    lead: 'Gifts by year.',
    description: 'A bar for each year with the number of gifts. The table that follows has the same numbers.',
    uneven: 'The axis is not even: ⋯ and names of several years stand for long stretches that are alike.',
    spanning: (count: number) =>
      plural(count, {
        one: '{n} gift of no certain year: possible in each that it may belong to, counted once in all.',
        other: '{n} gifts of no certain year: possible in each that they may belong to, counted once in all.',
      }),
    caption: 'Gifts by year',
    none: 'No certain year',
    others: (count: number) => plural(count, { one: '{n} other year', other: '{n} other years' }),
  },
  decade: {
    choice: 'Decades',
    lead: 'Gifts by decade.',
    description: 'A bar for each decade with the number of gifts. The table that follows has the same numbers.',
    uneven: 'The axis is not even: ⋯ and names of several decades stand for long stretches that are alike.',
    spanning: (count: number) =>
      plural(count, {
        one: '{n} gift of no certain decade: possible in each that it may belong to, counted once in all.',
        other: '{n} gifts of no certain decade: possible in each that they may belong to, counted once in all.',
      }),
    caption: 'Gifts by decade',
    none: 'No certain decade',
    others: (count: number) => plural(count, { one: '{n} other decade', other: '{n} other decades' }),
  },
};

const time = {
  title: 'Over time',
  certain: 'certain',
  possible: 'possible: the date is known in part only',
  showPossible: 'Show what is only possible',
  giftsBy: 'Gifts by',
  missing: (count: number) =>
    plural(count, { one: '{n} gift has no date: {show|show it}.', other: '{n} gifts have no date: {show|show them}.' }),
  notDrawn: (bars: number, count: number) =>
    `${plural(bars, { one: '{n} more bar', other: '{n} more bars' })} with ${gifts(count)} not drawn.`,
  gap: (first: string, last: string) => `No gift is known to be of the years from ${first} to ${last}`,
  nothing: 'no gift is known to be of this time',
  noneCertain: 'no gift is certain here',
  mayBe: (count: number) => `${number(count)} may be`,
  moreMayBe: (count: number) => `${number(count)} more may be`,
  further: 'Further gifts that may belong here',
  noDate: 'No date',
  periods,
};

const ranks = {
  givers: 'Givers',
  giversLead: 'Who gave, and how many animals.',
  recipients: 'Recipients',
  recipientsLead: 'Who received, and how many animals.',
  animals: 'Animals',
  animalsLead: 'Which animals were given. A gift of several kinds is counted with each of them.',
  groupBy: 'Group animals by',
  statuses: 'What became of them',
  modes: 'In what way',
  certainties: 'How sure the sources are',
  nation: 'Nation',
  status: 'Status',
  mode: 'Way',
  certainty: 'Certainty of a claim',
  noClaim: 'No claim',
  /** What has no value. */
  missing: 'Not known',
  caption: (title: string) => `${title}: gifts by each`,
  all: (count: number) => `Show all ${number(count)}`,
  fewer: 'Show fewer',
  plus: (count: number) => `+${number(count)}`,
  withoutNumber: (count: number) =>
    plural(count, { one: '{n} gift without a known number', other: '{n} gifts without a known number' }),
  /** Behind the count itself. */
  ofThose: (count: number) =>
    plural(count, { one: ' gift without a known number', other: ' gifts without a known number' }),
};

export const charts = { shared, map, flows, time, ranks };
