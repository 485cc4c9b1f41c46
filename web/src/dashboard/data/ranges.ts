// How a count with bounds is drawn: from the least to the most, on a scale on which 2 and 447 can both be seen. Pure.

import type { Bounds } from './format.ts';

/** A count on the scale, each place from 0 to 1. */
export interface Drawn {
  /** Where the least stands; null where it is unknown. */
  least: number | null;
  /** Where the most stands; the end of the scale where it is unknown. */
  most: number;
  /** Whether there is no known end. */
  isOpen: boolean;
  /** Whether both ends are the same number. */
  isExact: boolean;
}

/** A logarithmic scale that begins at 0. Each number stands where the logarithm of one more than it does. */
export interface Scale {
  place: (value: number) => number;
  /** The round numbers that are marked. */
  ticks: number[];
}

/** A scale for these counts; a seventh of it is left free for those without an end. */
export function scaleFor(counts: readonly Bounds[]): Scale {
  const greatest = Math.max(1, ...counts.map(({ min, max }) => Math.max(min ?? 0, max ?? 0)));
  const length = Math.log10(1 + greatest) / 0.86;
  const ticks = [];
  for (let tick = 1; tick <= greatest; tick *= 10) ticks.push(tick);
  return { place: (value) => Math.log10(1 + Math.max(0, value)) / length, ticks };
}

/** Where a count stands. */
export function drawn({ min, max }: Bounds, scale: Scale): Drawn {
  return {
    least: min === null ? null : scale.place(min),
    most: max === null ? 1 : scale.place(max),
    isOpen: max === null,
    isExact: min !== null && min === max,
  };
}
