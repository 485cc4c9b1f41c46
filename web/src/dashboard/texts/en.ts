// The texts of the dashboard in English, the default. Their type is what another language has to have: a text that is
// missing there, or one too many, is a type error. `{name}` is filled by the page, `{name|words}` becomes a link or a
// button with these words; see parts/told.tsx.

import type { Language } from '../languages.ts';
import { charts } from './en/charts.ts';
import { claims, gifts, number, plural } from './en/counting.ts';
import { gift } from './en/gift.ts';
import { overview } from './en/overview.ts';
import { words } from './en/words.ts';

/** Counts, years and days in a line of text. */
const figures = {
  unknown: 'unknown',
  about: (count: string) => `about ${count}`,
  upTo: (count: string) => `up to ${count}`,
  orMore: (count: string) => `${count} or more`,
  between: (least: string, most: string) => `${least} to ${most}`,
  gifts,
  giftsOf: (gifts: string, all: number) => `${gifts} of ${number(all)}`,
  claims,
  others: (count: number) => plural(count, { one: '{n} other', other: '{n} others' }),
  more: (count: number) => `${number(count)} more`,
  noDates: 'not all dates are known',
  until: (year: string) => `until ${year}`,
  since: (year: string) => `since ${year}`,
  years: (first: string, last: string) => `${first}–${last}`,
  /** The ten years from this one on. */
  decade: (year: string) => `${year}s`,
  /** From one year or decade to another one. */
  span: (first: string, last: string) => `${first} to ${last}`,
};

/** Around every page. */
const frame = {
  site: 'Animals as gifts between nations',
  skip: 'Skip to the content',
  language: 'Language',
  elsewhere: 'Elsewhere',
  schema: 'Schema',
  allOfIt: 'All of it',
  lists: {
    gifts: 'All gifts',
    nations: 'All nations',
    animals: 'All animals',
    events: 'All events',
    claims: 'All claims',
    sources: 'All sources',
  },
  dataset: 'About the data: licence, citation, method',
  promise:
    'Every number here comes from the API at {api}, with its bounds: what no source tells is shown as unknown, never as zero.',
  version: 'Menagerie {version}, {licences|licences}',
};

/** Loading, failed, empty. */
const states = {
  waiting: 'not there yet',
  loading: 'loading',
  tryAgain: 'Try again',
  token: 'Token of this server',
  useToken: 'Use it',
  failed: {
    numbers: 'The numbers cannot be shown.',
    gifts: 'The list of gifts cannot be shown.',
    timeline: 'The timeline cannot be shown.',
    gift: 'This gift cannot be shown.',
  },
  /** Why there is no answer, where the server says nothing itself. */
  reasons: {
    UNREACHABLE: 'The server cannot be reached. Is it running?',
    NO_JSON: 'The server answered with something else than JSON. A proxy may stand in between.',
    NO_DATA: 'The server answered without data.',
    NO_SEARCH: 'The search does not work at the moment.',
  },
};

const texts = { figures, frame, states, overview, charts, gift, words };

export type Texts = typeof texts;

export const language: Language = { locale: 'en-GB', texts };
