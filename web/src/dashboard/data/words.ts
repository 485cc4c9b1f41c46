// The vocabularies in words for the reader, in the order in which they are offered. The words stand in texts/.

import type {
  AnimalGrouping,
  Certainty,
  ConservationCategory,
  DatePart,
  EventKind,
  EventStatus,
  GiftMode,
  GiftStatus,
  SourceKind,
} from '../generated.ts';
import { words as english } from '../texts/en/words.ts';
import { texts } from './language.ts';

const keys = <Word extends string>(words: Record<Word, string>) => Object.keys(words) as Word[];

export const STATUSES = keys(english.statuses);
export const MODES = keys(english.modes);
export const CERTAINTIES = keys(english.certainties);
export const GROUPINGS = keys(english.groupings);

// A server newer than the page may know more words: they are shown as they come.
const of = (words: Record<string, string>, word: string) => words[word] ?? plain(word);

const words = () => texts().words;

export const statusWord = (status: GiftStatus) => of(words().statuses, status);
export const modeWord = (mode: GiftMode) => of(words().modes, mode);
export const certaintyWord = (certainty: Certainty) => of(words().certainties, certainty);
export const certaintyMeaning = (certainty: Certainty) => words().meanings[certainty] ?? '';
export const groupingWord = (grouping: AnimalGrouping) => of(words().groupings, grouping);
export const conservationWord = (category: ConservationCategory) => of(words().conservation, category);
export const sourceWord = (kind: SourceKind) => of(words().sources, kind);
export const eventKindWord = (kind: EventKind) => of(words().eventKinds, kind);
export const eventStatusWord = (status: EventStatus) => of(words().eventStatuses, status);
export const datePartWord = (part: DatePart) => of(words().dateParts, part);
/** A word in the middle of a line. */
export const inLine = (word: string) => words().inLine(word);

/** `ARMS_BUILD_UP` as "Arms build up". */
function plain(word: string): string {
  const text = word.replaceAll('_', ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
