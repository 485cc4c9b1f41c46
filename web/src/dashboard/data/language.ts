// The language in which the page speaks now: its texts, and the names of nations and animals in it. Those are asked for
// once, for the API speaks English and has names in many languages beside.

import { useSyncExternalStore } from 'react';
import { DEFAULT, LANGUAGES, wanted, type Code, type Language } from '../languages.ts';
import { language as english, type Texts } from '../texts/en.ts';

/** A language as it is spoken. There is another object whenever anything about it has changed. */
export interface Spoken extends Language {
  code: Code;
  /** Names by kind and slug: `nations/china`. */
  names: ReadonlyMap<string, string>;
}

let spoken: Spoken = { ...english, code: DEFAULT, names: new Map() };
const listeners = new Set<() => void>();

/** The language in use. */
export const current = (): Spoken => spoken;
/** The texts in use. */
export const texts = (): Texts => spoken.texts;
/** Whether the page speaks as the API does. */
export const isOfTheApi = (): boolean => spoken.code === DEFAULT;

/** Speaks this from now on. */
export function speak(next: Spoken): void {
  spoken = next;
  if (globalThis.document) document.documentElement.lang = next.code;
  listeners.forEach((listener) => listener());
}

/** Calls back when the page speaks otherwise; gives what ends that. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The language in use, for what is drawn anew when it changes. */
export const useLanguage = (): Spoken => useSyncExternalStore(onLanguage, current);

const KEY = 'menagerie:language';

function chosen(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Remembers what the reader has chosen; gives whether that worked. */
export function remember(code: Code): boolean {
  try {
    localStorage.setItem(KEY, code);
    return true;
  } catch {
    return false;
  }
}

let awaited: Code = DEFAULT;

/** Speaks the language that address, choice and browser ask for now. Texts that cannot be had leave the one before. */
export async function follow(): Promise<void> {
  const code = wanted(location.search, chosen(), navigator.languages);
  if (code === awaited) return;
  awaited = code;
  try {
    const language = await LANGUAGES[code].load();
    // Another one may be wanted by now.
    if (code === awaited) speak({ ...language, code, names: new Map() });
  } catch {
    if (code === awaited) awaited = spoken.code;
  }
}
