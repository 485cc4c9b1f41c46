// Which claims stand behind which figure of a gift. The API ties a claim to the documents that it is about, not to single
// fields: a claim about the gift and an animal is about that item, the others are about the gift as a whole. Pure.

import { texts } from '../data/language.ts';
import type { GiftQuery } from '../generated.ts';

export type Gift = NonNullable<GiftQuery['gift']>;
export type Claim = Gift['claims']['nodes'][number];
export type Said = Claim['conflictsWith'][number];

/** The claims that name this document beside the gift. */
export function claimsAbout(gift: Gift, id: string): Claim[] {
  return gift.claims.nodes.filter(({ about }) => about.some((one) => one.id === id));
}

/** The claims that its status rests on. */
export function claimsOfTheStatus(gift: Gift): Claim[] {
  const ids = new Set(gift.statusHistory.map(({ claim }) => claim?.id));
  return gift.claims.nodes.filter(({ id }) => ids.has(id));
}

/**
 * The claims about the gift as a whole: those that name none of its animals and that its status does not rest on; all
 * where nothing is left of them.
 */
export function claimsOfTheWhole(gift: Gift): Claim[] {
  const animals = new Set(gift.items.map(({ animal }) => animal.id));
  const status = new Set(claimsOfTheStatus(gift));
  const whole = gift.claims.nodes.filter((claim) => {
    // With one kind of animal, what is said of it is said of the gift.
    const isOfAnItem = animals.size > 1 && claim.about.some(({ id }) => animals.has(id));
    return !isOfAnItem && !(animals.size > 1 && status.has(claim));
  });
  return whole.length > 0 ? whole : gift.claims.nodes;
}

/** The claim that a figure names first, if it is among those about the gift. */
export function claimOf(gift: Gift, figure: { claim: { id: string } | null } | null): Claim[] {
  return gift.claims.nodes.filter(({ id }) => id === figure?.claim?.id);
}

/** The claims that contradict each other, each in one group: all that hang together by contradictions. */
export function contradictions(claims: readonly Claim[]): Said[][] {
  const groups: Map<string, Said>[] = [];
  for (const claim of claims) {
    if (claim.conflictsWith.length === 0) continue;
    const all = new Map([claim, ...claim.conflictsWith].map((one) => [one.id, one as Said]));
    // What hangs together with it so far becomes one group with it.
    for (const group of groups.filter((one) => [...all.keys()].some((id) => one.has(id)))) {
      for (const [id, one] of group) if (!all.has(id)) all.set(id, one);
      groups.splice(groups.indexOf(group), 1);
    }
    groups.push(all);
  }
  return groups.map((group) => [...group.values()].sort((a, b) => (a.code < b.code ? -1 : 1)));
}

/** "paragraph 2, sentences 2 to 3". */
export function placeOf({ locator }: Pick<Said, 'locator'>): string | null {
  return locator && texts().gift.claims.place(locator.paragraph, locator.sentence, locator.lastSentence);
}

/** Where the claim, or else its source, can be read; null where that is nowhere on the web. */
export function addressOf({ url, source }: Pick<Said, 'url' | 'source'>): string | null {
  const address = url ?? source.url;
  // Data may come from anywhere: nothing but pages of the web becomes a link.
  return address && /^https?:\/\//i.test(address) ? address : null;
}
