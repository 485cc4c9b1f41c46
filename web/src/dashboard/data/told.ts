// What the API says in its own words, told apart from what the page says: a screen reader has to know which language it is.

import { isOfTheApi } from './language.ts';

/** A text for the reader, with its language where that is another one than the page's. */
export interface Told {
  text: string;
  lang?: 'en';
}

/** Words of the API, which are English. */
export const said = (text: string): Told => (isOfTheApi() ? { text } : { text, lang: 'en' });

/** The API's words in its own language; elsewhere those of the page, where it has any. */
export const saidOr = (text: string, ours: string | null): Told =>
  isOfTheApi() || ours === null ? said(text) : { text: ours };
