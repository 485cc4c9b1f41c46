// The vocabularies in words for the reader, in the order in which they are offered.

import type { AnimalGrouping, Certainty, ConservationCategory, GiftMode, GiftStatus, SourceKind } from '../generated.ts';

const statuses: Record<GiftStatus, string> = {
  PLANNED: 'Planned',
  OFFERED: 'Offered',
  SHELVED: 'Shelved',
  DECLINED: 'Declined',
  IN_TRANSIT: 'On the way',
  LOST_IN_TRANSIT: 'Lost on the way',
  DIED_IN_TRANSIT: 'Died on the way',
  DELIVERED: 'Delivered',
  QUARANTINE: 'In quarantine',
  ON_DISPLAY: 'On display',
  RETURNED: 'Returned',
  SOLD: 'Sold',
  DIED: 'Died since',
  UNKNOWN: 'Unknown',
};

const modes: Record<GiftMode, string> = {
  GIFT: 'Gift',
  RETURN_GIFT: 'Return gift',
  LOAN: 'Loan',
  TRIBUTE: 'Tribute',
  UNSPECIFIED: 'Not said',
};

const certainties: Record<Certainty, string> = {
  STATED: 'Stated',
  REPORTED: 'Reported',
  QUOTED: 'Quoted',
  ASSESSMENT: 'Assessment',
  INTERPRETATION: 'Interpretation',
  PLANNED: 'Announced',
  CONCERN: 'Concern',
  SPECULATION: 'Speculation',
  UNKNOWN: 'Not known',
};

const meanings: Record<Certainty, string> = {
  STATED: 'the source says so in its own voice',
  REPORTED: 'the source passes on what somebody else reports',
  QUOTED: 'the source quotes somebody’s words',
  ASSESSMENT: 'a judgement by those who should know',
  INTERPRETATION: 'a reading of what facts mean',
  PLANNED: 'announced for the future',
  CONCERN: 'a worry about what might come',
  SPECULATION: 'talk of what might be, without evidence given',
  UNKNOWN: 'the source says that it is not known, or nobody has checked it',
};

const groupings: Record<AnimalGrouping, string> = { ANIMAL: 'Kind', FAMILY: 'Family', ORDER: 'Order', CLASS: 'Class' };

const conservation: Record<ConservationCategory, string> = {
  LC: 'least concern',
  NT: 'near threatened',
  VU: 'vulnerable',
  EN: 'endangered',
  CR: 'critically endangered',
  EW: 'extinct in the wild',
  EX: 'extinct',
  DD: 'too little known',
  NE: 'not evaluated',
  NA: 'not applicable',
};

const sources: Record<SourceKind, string> = {
  ARTICLE: 'news article',
  AGENCY: 'news agency',
  GOVERNMENT: 'government',
  OFFICIALS: 'officials',
  EXPERTS: 'experts',
  MEDIA: 'media',
  DATASET: 'data set',
  WEB_PAGE: 'web page',
  UNNAMED: 'unnamed',
};

const keys = <Word extends string>(words: Record<Word, string>) => Object.keys(words) as Word[];

export const STATUSES = keys(statuses);
export const MODES = keys(modes);
export const CERTAINTIES = keys(certainties);
export const GROUPINGS = keys(groupings);

// A server newer than the page may know more words: they are shown as they come.
const of = (words: Record<string, string>, word: string) => words[word] ?? plain(word);

export const statusWord = (status: GiftStatus) => of(statuses, status);
export const modeWord = (mode: GiftMode) => of(modes, mode);
export const certaintyWord = (certainty: Certainty) => of(certainties, certainty);
export const certaintyMeaning = (certainty: Certainty) => meanings[certainty] ?? '';
export const groupingWord = (grouping: AnimalGrouping) => of(groupings, grouping);
export const conservationWord = (category: ConservationCategory) => of(conservation, category);
export const sourceWord = (kind: SourceKind) => of(sources, kind);

/** `ARMS_BUILD_UP` as "Arms build up". */
export function plain(word: string): string {
  const text = word.replaceAll('_', ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
