// The places on a time axis: a decade or a year each, also where nothing happened; long stretches of nothing are one
// place that says so. Pure functions.

/** What a place needs to know of a group of gifts. */
export interface Timed {
  year: number | null;
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
      else for (let year = next; year < group.year; year += step) found.push({ kind: 'empty', label: name(year, step), year });
    }
    found.push({ kind: 'group', label: group.label, year: group.year, group });
    next = group.year + step;
  }
  return found;
}

function name(year: number, step: number): string {
  // ISO's year 0 is 1 BC.
  const text = year <= 0 ? `${1 - year} BC` : String(year);
  return step === 10 && year > 0 ? `${text}s` : text;
}

/** The EDTF date of such a place, to filter by it; null where EDTF has no short form for it. */
export function edtfOf(year: number, step: number): string | null {
  if (year < 0 || year > 9999) return null;
  const digits = String(year).padStart(4, '0');
  return step === 10 ? `${digits.slice(0, 3)}X` : digits;
}
