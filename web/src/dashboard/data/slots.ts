// The places on a time axis: a decade or a year each, also where nothing happened; long stretches of nothing are one
// place that says so. Pure functions.

import { yearOf } from './format.ts';

/** What a place needs to know of a group of gifts: one year or decade, or a run of them that are alike. */
export interface Timed {
  kind: string;
  /** The first one. */
  year: number | null;
  /** The last day, as ISO 8601. */
  end: string | null;
  label: string;
}

export type Slot<T> =
  | { kind: 'group'; label: string; year: number; group: T }
  | { kind: 'empty'; label: string; year: number }
  /** Nothing from `year` until before `end`. */
  | { kind: 'gap'; label: string; year: number; end: number };

/** The most empty places in a row that are shown one by one. */
const MOST_EMPTY = 3;

/** The places for these groups, which are in the order of time; `step` is 10 for decades and 1 for years. */
export function slots<T extends Timed>(groups: readonly T[], step: number): Slot<T>[] {
  const found: Slot<T>[] = [];
  let next: number | null = null;
  for (const group of groups) {
    if (group.year === null) continue;
    if (next !== null && group.year > next) {
      if ((group.year - next) / step > MOST_EMPTY) found.push({ kind: 'gap', label: '⋯', year: next, end: group.year });
      else
        for (let year = next; year < group.year; year += step)
          found.push({ kind: 'empty', label: name(year, step), year });
    }
    found.push({ kind: 'group', label: group.label, year: group.year, group });
    next = group.end === null ? group.year + step : yearOf(group.end) + 1;
  }
  return found;
}

function name(year: number, step: number): string {
  // ISO's year 0 is 1 BC.
  const text = year <= 0 ? `${1 - year} BC` : String(year);
  return step === 10 && year > 0 ? `${text}s` : text;
}

/** The EDTF date of such a group, to filter by it; null where EDTF has no short form for it. */
export function edtfOf({ kind, year, end }: Timed, step: number): string | null {
  if (year === null || Math.abs(year) > 9999) return null;
  if (kind === 'RUN') {
    const last = end === null ? year : yearOf(end);
    return Math.abs(last) > 9999 ? null : `${digits(year)}/${digits(last)}`;
  }
  // The first year of a decade before 0 is the one that is farthest away: -49 of `-004X`.
  return step === 10 ? `${digits(year).slice(0, -1)}X` : digits(year);
}

function digits(year: number): string {
  return (year < 0 ? '-' : '') + String(Math.abs(year)).padStart(4, '0');
}
