// English: the page of a gift.

import { claims as counted, number } from './counting.ts';

const page = {
  title: 'A gift',
  missing: 'No such gift',
  missingLead: 'There is no gift named {slug}. {all|Look through all gifts}, or search for it.',
  back: 'Back',
  backToAll: '← All gifts',
  modeUnsaid: 'Way not said',
  event: 'The event that it belongs to',
  theEvent: 'the event',
};

const figures = {
  title: 'The figures',
  lead: 'Each with the claim that it rests on, where one is named, and then the other claims on the gift.',
  total: 'Total',
  noTotal: 'No source gives a total.',
  listed: 'Animals that are listed',
  listedNote: 'The sum of the list below, computed; it does not replace the total.',
  occasions: 'Occasions',
  date: 'Date',
  status: 'Status',
  giver: 'Giver',
  recipient: 'Recipient',
  origin: 'From',
  destination: 'To',
  handedOver: 'Handed over by {who}',
  takenBy: 'Taken by {who}',
  onBehalf: ', on behalf of {who}',
  open: 'Open {when}',
  phrase: '“{phrase}”',
};

const date = {
  between: (first: string, last: string) => `Between ${first} and ${last} (EDTF {edtf}).`,
  betweenGregorian: (first: string, last: string) =>
    `In the Gregorian calendar between ${first} and ${last} (EDTF {edtf}).`,
  edtf: 'EDTF {edtf}.',
  unknownDay: 'an unknown day',
  phrase: 'The source’s words: “{phrase}”.',
  inferred: (parts: string) => `Concluded from elsewhere: ${parts}.`,
};

const items = {
  title: 'The animals',
  lead: 'Those that the sources name; there may have been more.',
  named: 'named {names}',
  species: (count: string) => `${count} species`,
  redList: (category: string) => `Red List: ${category}`,
  reading: (count: string) => `Another reading: ${count}.`,
  readingOfSpecies: (count: string, species: string) => `Another reading: ${count}, ${species}.`,
};

const history = { title: 'What became of it', noDate: 'no date' };

const claims = {
  none: 'No claim is on record for this.',
  onTheGift: 'Claims on the gift',
  others: 'Other claims on the gift',
  /** Behind how many they are: of what. */
  about: ' about {what}',
  contradicted: (count: number) => `${number(count)} contradicted`,
  accordingTo: 'According to {who}, in {source}',
  perhaps: '{who} (perhaps)',
  /** What kind of source it is. */
  kind: (kind: string) => ` (${kind})`,
  place: (paragraph: number, sentence: number, last: number | null) =>
    `paragraph ${number(paragraph)}, ` +
    (last ? `sentences ${number(sentence)} to ${number(last)}` : `sentence ${number(sentence)}`),
  disagree: 'Where the sources disagree',
  disagreeLead: 'All sides are kept; none is made to win.',
  side: (side: number, all: number) => `Side ${number(side)} of ${number(all)}`,
  title: 'What the sources say',
  lead: (count: number) =>
    `${counted(count)}, in our words; how certain each is says how its source speaks, not whether it is true.`,
  firstOnes: (count: number) => `The first ${number(count)} are shown.`,
  restsOn: 'Rests on {codes}',
  against: 'Contradicted by {codes}',
};

export const gift = { page, figures, date, items, history, claims };
