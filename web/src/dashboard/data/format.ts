// Numbers, years and days in the language of the page, by `Intl`. Pure but for the language.

import { current, texts } from './language.ts';
import { saidOr, type Told } from './told.ts';

/** A count with bounds, as the API gives it. A bound that is null is unknown. */
export interface Bounds {
  min: number | null;
  max: number | null;
  /** "About 40" has bounds of 40 and is not exactly 40. */
  approximate?: boolean;
}

/** A date, as far as it is needed to tell it. */
export interface Dated {
  edtf: string;
  calendar: string;
  /** The API's words. */
  text: string;
}

/** How dates are written. Days are those of the API, without a time zone. */
const STYLES = {
  day: { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' },
  month: { month: 'long', year: 'numeric', timeZone: 'UTC' },
  year: { year: 'numeric', timeZone: 'UTC' },
  clock: { hour: '2-digit', minute: '2-digit' },
} satisfies Record<string, Intl.DateTimeFormatOptions>;

/** What writes numbers and dates in a language; dear to make, so it is made once. */
function formatsOf(locale: string) {
  const made = new Map<string, Intl.DateTimeFormat>();
  return {
    numbers: new Intl.NumberFormat(locale),
    collator: new Intl.Collator(locale),
    dates(style: keyof typeof STYLES, hasEra = false) {
      const key = `${style} ${hasEra}`;
      const era = hasEra ? ({ era: 'short' } as const) : {};
      const format = made.get(key) ?? new Intl.DateTimeFormat(locale, { ...STYLES[style], ...era });
      made.set(key, format);
      return format;
    },
  };
}

const known = new Map<string, ReturnType<typeof formatsOf>>();

function formats() {
  const { locale } = current();
  const found = known.get(locale) ?? formatsOf(locale);
  known.set(locale, found);
  return found;
}

export const number = (value: number) => formats().numbers.format(value);

/** A time of day, where the reader is. */
export const clock = (time: Date) => formats().dates('clock').format(time);

/** Which of two texts comes first. */
export const compare = (one: string, other: string) => formats().collator.compare(one, other);

/** `1,204 or more`, `2 to 25`, `about 40`, `unknown`: in English the words of the API's `text`, with thousands apart. */
export function bounds({ min, max, approximate }: Bounds): string {
  const { unknown, about, upTo, orMore, between } = texts().figures;
  const from = (value: number) => (approximate ? about(number(value)) : number(value));
  if (min === null && max === null) return unknown;
  if (min === null) return upTo(from(max!));
  if (max === null) return orMore(from(min));
  if (min === max) return from(min);
  const range = between(number(min), number(max));
  return approximate ? about(range) : range;
}

/** The year of a day that the API gives out: `0802-01-01` is 802. */
export function yearOf(day: string): number {
  return Number(/^[+-]?\d+/.exec(day)?.[0] ?? Number.NaN);
}

/** A day of the Gregorian calendar; ISO's year 0 is 1 BC. */
function dateOf(year: number, month = 1, day = 1): Date {
  const date = new Date(0);
  // `Date.UTC` would take the year 44 for 1944.
  date.setUTCFullYear(year, month - 1, day);
  return date;
}

function written(style: 'day' | 'month' | 'year', year: number, month?: number, day?: number): string {
  return formats()
    .dates(style, year <= 0)
    .format(dateOf(year, month, day));
}

/** A year: `802`, `44 BC`. */
export const yearInWords = (year: number) => written('year', year);

/** A day that the API gives: `2024-11-20`, `-000043-03-15`. */
export function dayInWords(day: string): string {
  const [, year, month, ofMonth] = /^([+-]?\d+)-(\d\d)-(\d\d)$/.exec(day) ?? [];
  return year === undefined ? day : written('day', Number(year), Number(month), Number(ofMonth));
}

const EXACT = /^(-?\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?$/;

/**
 * A date: by `Intl` where it is exact to a day, a month or a year; otherwise in the API's words, which tell what is open,
 * about or uncertain. So are days of the Julian calendar, which `Intl` does not count.
 */
export function dateInWords({ edtf, calendar, text }: Dated): Told {
  const [, year, month, day] = EXACT.exec(edtf) ?? [];
  if (year === undefined || calendar !== 'GREGORIAN') return saidOr(text, null);
  const style = day ? 'day' : month ? 'month' : 'year';
  return saidOr(text, written(style, Number(year), month ? Number(month) : 1, day ? Number(day) : 1));
}

/** "802" or "1957–1959": the years between two days, as far as they are known. */
export function years(first: string | null, last: string | null): string {
  const { noDates, until, since, years } = texts().figures;
  const [start, end] = [first, last].map((day) => day && yearInWords(yearOf(day)));
  if (!start) return end ? until(end) : noDates;
  if (!end) return since(start);
  return start === end ? start : years(start, end);
}

/** A year or a decade by its first year: `1972`, `1970s`. What begins before the year 1 is told by its years. */
export function bucketInWords(year: number, period: 'year' | 'decade'): string {
  const { decade, span } = texts().figures;
  if (period === 'year') return yearInWords(year);
  return year > 0 ? decade(yearInWords(year)) : span(yearInWords(year), yearInWords(year + 9));
}

/** A run of years or decades, until this day; one of them where there is no more. */
export function spanInWords(year: number, end: string | null, period: 'year' | 'decade'): string {
  const step = period === 'year' ? 1 : 10;
  const last = end === null ? year : Math.floor(yearOf(end) / step) * step;
  if (last <= year) return bucketInWords(year, period);
  const first = year > 0 ? bucketInWords(year, period) : yearInWords(year);
  return texts().figures.span(first, bucketInWords(last, period));
}
