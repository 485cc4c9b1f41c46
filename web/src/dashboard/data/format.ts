// Numbers and dates in words. Pure functions; English throughout, whatever the browser speaks, as the rest of the page.

/** A count with bounds, as the API gives it. A bound that is null is unknown. */
export interface Bounds {
  min: number | null;
  max: number | null;
  /** "About 40" has bounds of 40 and is not exactly 40. */
  approximate?: boolean;
}

/** The parts of a date that its words need. */
export interface DateParts {
  edtf: string;
  calendar?: string;
  approximate?: boolean;
  uncertain?: boolean;
}

const digits = new Intl.NumberFormat('en-GB');

export const number = (value: number) => digits.format(value);

/** `1,204 or more`, `2 to 25`, `about 40`, `unknown`: the same words as the API's `text`, with thousands apart. */
export function bounds({ min, max, approximate }: Bounds): string {
  const about = approximate ? 'about ' : '';
  if (min === null && max === null) return 'unknown';
  if (min === null) return `up to ${about}${number(max!)}`;
  if (max === null) return `${about}${number(min)} or more`;
  return about + (min === max ? number(min) : `${number(min)} to ${number(max)}`);
}

/** `1 gift`, `2 gifts`. */
export const plural = (count: number, one: string, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
/** EDTF's codes from 21 on: of some hemisphere, of the north, of the south. */
const SEASONS = ['', ' (north)', ' (south)'].flatMap((where) =>
  ['spring', 'summer', 'autumn', 'winter'].map((season) => season + where),
);

/** An EDTF date in words: `2024-11` is "November 2024", `1965/` "1965, until an unknown time". */
export function date({ edtf, calendar }: DateParts): string {
  return calendar === 'JULIAN' ? `${inWords(edtf)} (Julian calendar)` : inWords(edtf);
}

function inWords(edtf: string): string {
  const slash = edtf.indexOf('/');
  if (slash < 0) return point(edtf);
  const [start, end] = [edtf.slice(0, slash), edtf.slice(slash + 1)];
  if (start === '..') return `until ${point(end)}`;
  if (start === '') return end === '..' ? 'at an unknown time' : `from an unknown time until ${point(end)}`;
  if (end === '..') return `since ${point(start)}`;
  if (end === '') return `${point(start)}, until an unknown time`;
  return `${point(start)} to ${point(end)}`;
}

/** One date without an interval. What is not in these forms is shown as it is written. */
function point(edtf: string): string {
  const marks = /[?~%]$/.exec(edtf)?.[0] ?? '';
  const core = marks ? edtf.slice(0, -1) : edtf;
  const found = /^(-?)(\d{3}[\dX]|\d\dXX|Y-?\d+)(?:-(\d\d|XX))?(?:-(\d\d|XX))?$/.exec(core);
  if (!found) return edtf;
  const [, sign, digits = '', month, day] = found;
  const words = [year(digits, sign === '-')];
  if (month && month !== 'XX') words.unshift(MONTHS[Number(month) - 1] ?? SEASONS[Number(month) - 21] ?? month);
  if (day && day !== 'XX') words.unshift(String(Number(day)));
  const text = words.join(' ');
  const about = marks === '~' || marks === '%' ? `about ${text}` : text;
  return marks === '?' || marks === '%' ? `${about} (uncertain)` : about;
}

function year(digits: string, isNegative: boolean): string {
  // ISO's year 0 is 1 BC.
  if (isNegative && /^\d+$/.test(digits)) return `${Number(digits) + 1} BC`;
  if (/^\d\dXX$/.test(digits)) return `${Number(digits.slice(0, 2))}00–${Number(digits.slice(0, 2))}99`;
  if (/^\d{3}X$/.test(digits)) return `${Number(digits.slice(0, 3))}0s`;
  return digits.startsWith('Y') ? digits.slice(1) : String(Number(digits));
}

/** The year of a day that the API gives out: `0802-01-01` is 802. */
export function yearOf(day: string): number {
  return Number(/^[+-]?\d+/.exec(day)?.[0] ?? Number.NaN);
}

/** "802" or "1957–1959": the years between two days, as far as they are known. */
export function years(first: string | null, last: string | null): string {
  const [start, end] = [first && yearOf(first), last && yearOf(last)];
  if (start === null && end === null) return 'not all dates are known';
  if (start === null) return `until ${end}`;
  if (end === null) return `since ${start}`;
  return start === end ? String(start) : `${start}–${end}`;
}
