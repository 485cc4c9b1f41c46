// Numbers and years in words. Pure functions; English throughout, whatever the browser speaks, as the rest of the page.

/** A count with bounds, as the API gives it. A bound that is null is unknown. */
export interface Bounds {
  min: number | null;
  max: number | null;
  /** "About 40" has bounds of 40 and is not exactly 40. */
  approximate?: boolean;
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
