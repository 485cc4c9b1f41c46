// English: the vocabularies of the API. Their order is that in which they are offered.

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
} from '../../generated.ts';

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

const eventKinds: Record<EventKind, string> = {
  DECISION: 'Decision',
  WAR: 'War',
  SANCTIONS: 'Sanctions',
  TRANSFER: 'Transfer',
  TREATY: 'Treaty',
  DEPLOYMENT: 'Deployment',
  FIGHTING: 'Fighting',
  CRISIS: 'Crisis',
  ARMS_BUILD_UP: 'Arms build up',
  PANDEMIC: 'Pandemic',
  DISASTER: 'Disaster',
  MILITARY_AID: 'Military aid',
  SUMMIT: 'Summit',
  RELATIONS: 'Relations',
  DISPLAY: 'Display',
  OTHER: 'Other',
};

const eventStatuses: Record<EventStatus, string> = {
  UNCONFIRMED: 'Unconfirmed',
  PLANNED: 'Planned',
  ONGOING: 'Ongoing',
  OVER: 'Over',
};

const dateParts: Record<DatePart, string> = { YEAR: 'year', MONTH: 'month', DAY: 'day' };

/** A word that stands in the middle of a line. */
const inLine = (word: string) => word.toLowerCase();

export const words = {
  statuses,
  modes,
  certainties,
  meanings,
  groupings,
  conservation,
  sources,
  eventKinds,
  eventStatuses,
  dateParts,
  inLine,
};
