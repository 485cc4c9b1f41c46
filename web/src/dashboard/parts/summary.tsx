// The numbers in a few sentences. In English they are the API's own; in other languages the page makes them of the same
// numbers.

import { isOfTheApi, texts } from '../data/language.ts';
import type { Stats } from '../overview.tsx';
import { AnimalName, Filled, Listed, NationName } from './told.tsx';

/** What a sentence needs to know of a group. */
interface Counted {
  kind: string;
  gifts: number;
  others: number;
}

/** How many groups there are, with those that are summed up. */
export function size(groups: Counted[]): number {
  return groups.reduce((all, { kind, others }) => all + others + (kind === 'VALUE' ? 1 : 0), 0);
}

/** The one or two with the most gifts; none where there are more of them. */
function most<Group extends Counted>(groups: Group[]): Group[] {
  const values = groups.filter(({ kind }) => kind === 'VALUE');
  const greatest = Math.max(...values.map(({ gifts }) => gifts));
  const first = values.filter(({ gifts }) => gifts === greatest);
  return first.length <= 2 ? first : [];
}

interface SummaryProps {
  stats: Stats;
  /** How many gifts there are without the filter, where there is one. */
  all: number | null;
}

export function Summary({ stats, all }: SummaryProps) {
  if (isOfTheApi()) return stats.summary;
  const t = texts().overview.summary;
  const { gifts, unknownCounts, byGiver, byRecipient, byAnimal } = stats;
  if (gifts === 0) return t.none;
  const givers = most(byGiver);
  // Families and the like are no animals.
  const animals = gifts > 1 ? most(byAnimal).filter(({ animal }) => animal) : [];
  return (
    <>
      {t.gifts(gifts, all)} <Side groups={byGiver} one={t.giver} several={t.givers} />{' '}
      <Side groups={byRecipient} one={t.recipient} several={t.recipients} />{' '}
      {size(byGiver) > 1 && givers.length > 0 && (
        <>
          <Filled text={t.gaveMost(givers[0]!.gifts)} names={<Names groups={givers} />} />{' '}
        </>
      )}
      {animals.length > 0 && (
        <>
          <Filled text={t.mostOften(animals[0]!.gifts)} names={<Names groups={animals} />} />{' '}
        </>
      )}
      {unknownCounts > 0 && t.unknown(unknownCounts)}
    </>
  );
}

interface SideProps {
  groups: Stats['byGiver'];
  /** With a place for the only name. */
  one: string;
  several: (count: number) => string;
}

/** The only nation by its name, or how many there are. */
function Side({ groups, one, several }: SideProps) {
  return size(groups) === 1 ? <Filled text={one} names={<Names groups={most(groups)} />} /> : several(size(groups));
}

type Named = { label: string; nation?: { slug: string } | null; animal?: { slug: string } | null };

function Names({ groups }: { groups: Named[] }) {
  const items = groups.map(({ label, nation, animal }) =>
    animal ? (
      <AnimalName key={label} animal={{ slug: animal.slug, commonName: label }} />
    ) : (
      <NationName key={label} nation={{ slug: nation?.slug ?? '', name: label }} />
    ),
  );
  return <Listed items={items} isWhole />;
}
