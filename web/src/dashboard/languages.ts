// Which languages the page speaks, and which of them a reader gets. Pure but for the loading of texts.

import { language as english, type Texts } from './texts/en.ts';

/** What the file of a language has. */
export interface Language {
  /** How `Intl` knows it: `en-GB`. */
  locale: string;
  texts: Texts;
}

/** The language of the API, and of whoever wants one that is not here. */
export const DEFAULT = 'en';

/**
 * By code, as it stands in the address and at the document: what the language calls itself, and its texts. Those of the
 * default are part of the page's script.
 */
export const LANGUAGES = {
  en: { name: 'English', load: async () => english },
  ru: { name: 'Русский', load: async () => (await import('./texts/ru.ts')).language },
} satisfies Record<string, { name: string; load: () => Promise<Language> }>;

export type Code = keyof typeof LANGUAGES;

export const CODES = Object.keys(LANGUAGES) as Code[];

/** The language of a tag such as `ru-RU`; undefined where it is none of ours. */
const among = (tag: string | null) => CODES.find((code) => code === tag?.toLowerCase().split('-')[0]);

/**
 * The language for a reader: what the address names, what was chosen before, what the browser prefers. An address that
 * names a language that is not here is answered in the default.
 */
export function wanted(query: string, chosen: string | null, preferred: readonly string[]): Code {
  const named = new URLSearchParams(query).get('lang');
  if (named !== null) return among(named) ?? DEFAULT;
  return among(chosen) ?? preferred.map(among).find((code) => code !== undefined) ?? DEFAULT;
}
