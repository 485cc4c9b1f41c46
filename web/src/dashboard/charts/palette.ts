// The charts' colours: the same as in styles/base.css, which scripts cannot read there as long as they depend on the
// system's scheme.

import { useSyncExternalStore } from 'react';

export interface Palette {
  ink: string;
  muted: string;
  line: string;
  paper: string;
  /** What is certain. */
  sure: string;
  /** What is possible. */
  possible: string;
  /** The sides of the flows, the largest first; the last is for all the rest. */
  flows: string[];
}

const LIGHT: Palette = {
  ink: '#22302f',
  muted: '#5b6867',
  line: '#e4dfd3',
  paper: '#fffdf9',
  sure: '#0c665f',
  possible: '#b45309',
  flows: ['#0c665f', '#b45309', '#3f6212', '#7c3f58', '#1e5a8a', '#8a8578'],
};

const DARK: Palette = {
  ink: '#e9e5da',
  muted: '#a3aeab',
  line: '#2f3a3c',
  paper: '#1a2123',
  sure: '#4fd1bf',
  possible: '#f0a94b',
  flows: ['#4fd1bf', '#f0a94b', '#a3c76d', '#d795b0', '#7fb4e0', '#7d8784'],
};

const dark = matchMedia('(prefers-color-scheme: dark)');
const still = matchMedia('(prefers-reduced-motion: reduce)');

function watch(list: MediaQueryList) {
  return (listener: () => void) => {
    list.addEventListener('change', listener);
    return () => list.removeEventListener('change', listener);
  };
}

const watchDark = watch(dark);
const watchStill = watch(still);

/** The colours of the system's scheme; follows when it changes. */
export function usePalette(): Palette {
  return useSyncExternalStore(watchDark, () => dark.matches) ? DARK : LIGHT;
}

/** Whether nothing should move. */
export function useStillness(): boolean {
  return useSyncExternalStore(watchStill, () => still.matches);
}
