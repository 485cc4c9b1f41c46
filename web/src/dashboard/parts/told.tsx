// Texts on the page: what the API says in English, marked as such where the page is not, and texts with places that are
// filled by parts of the page.

import { Fragment, type ReactNode } from 'react';
import { dateInWords, type Dated } from '../data/format.ts';
import { current, texts } from '../data/language.ts';
import { nameOf } from '../data/names.ts';
import { said, type Told } from '../data/told.ts';

/** A text in its own language. */
export function Telling({ told: { text, lang } }: { told: Told }) {
  return lang ? <span lang={lang}>{text}</span> : text;
}

/** Words of the API. */
export function Said({ children }: { children: string }) {
  return <Telling told={said(children)} />;
}

export function NationName({ nation: { slug, name } }: { nation: { slug: string; name: string } }) {
  return <Telling told={nameOf('nations', slug, name)} />;
}

export function AnimalName({ animal: { slug, commonName } }: { animal: { slug: string; commonName: string } }) {
  return <Telling told={nameOf('animals', slug, commonName)} />;
}

/** A date, or that there is none. */
export function OnDate({ date }: { date: Dated | null }) {
  return date ? <Telling told={dateInWords(date)} /> : texts().figures.unknown;
}

/** What stands in a place of a text: a part of the page, or what makes one of the words that the place has. */
type Slots = Record<string, ReactNode | ((words: string) => ReactNode)>;

/** A text with places: `{name}`, or `{name|words}`. */
export function Filled({ text, ...slots }: { text: string } & Slots) {
  return text.split(/(\{[^}]*\})/).map((piece, index) => {
    const [, name, words = ''] = /^\{(\w+)(?:\|([^}]*))?\}$/.exec(piece) ?? [];
    const slot = name === undefined ? piece : slots[name];
    return <Fragment key={index}>{typeof slot === 'function' ? slot(words) : slot}</Fragment>;
  });
}

interface ListedProps {
  items: ReactNode[];
  /** The last one is joined by a word: "a, b and c", not "a, b, c". */
  isWhole?: boolean;
}

/** A list in a line. */
export function Listed({ items, isWhole = false }: ListedProps) {
  const style = isWhole ? 'long' : 'narrow';
  const parts = new Intl.ListFormat(current().locale, { style }).formatToParts(items.map((_, index) => String(index)));
  return parts.map(({ type, value }, index) => (
    <Fragment key={index}>{type === 'element' ? items[Number(value)] : value}</Fragment>
  ));
}

/** Details in a line, without those that are not there. */
export function Details({ items }: { items: ReactNode[] }) {
  return items
    .filter((item) => item !== null && item !== undefined && item !== '' && item !== false)
    .map((item, index) => (
      <Fragment key={index}>
        {index > 0 && ' · '}
        {item}
      </Fragment>
    ));
}
