// The numbers at the top, each with what is not known about it.

import type { ReactNode } from 'react';
import { bounds, number, plural } from '../data/format.ts';
import type { Stats } from '../overview.tsx';
import { Waiting } from './states.tsx';

interface HeadlineProps {
  stats: Stats | null;
  /** How many gifts there are without any filter. */
  all: number | null;
  isPending: boolean;
  isFiltered: boolean;
  /** Whether the numbers are those of another filter. */
  isOld: boolean;
}

export function Headline({ stats, all, isPending, isFiltered, isOld }: HeadlineProps) {
  return (
    <section className={isOld ? 'hero old' : 'hero'} aria-busy={isPending}>
      <h1>Animals as gifts between nations</h1>
      <p className="hero-lead">
        {stats?.summary ??
          'Who gave which animals to whom, when, and how many, with what the sources leave open and where they disagree.'}
      </p>
      <dl className="figures">
        <Figure name="Gifts" isPending={isPending} value={stats && number(stats.gifts)}>
          {isFiltered && all !== null ? `of ${number(all)} on record` : 'on record, with loans and tributes'}
        </Figure>
        <Figure name="Animals given" isPending={isPending} value={stats && bounds(stats.animals)}>
          {stats && animalsNote(stats)}
        </Figure>
        <Figure name="Unknown counts" isPending={isPending} value={stats && number(stats.unknownCounts)}>
          {stats && unknownNote(stats)}
        </Figure>
        <Figure name="Nations" isPending={isPending} value={stats && nations(stats)}>
          {stats && `gave to ${plural(size(stats.byRecipient), 'nation')}`}
        </Figure>
      </dl>
    </section>
  );
}

interface FigureProps {
  name: string;
  value: string | null;
  isPending: boolean;
  children: ReactNode;
}

function Figure({ name, value, isPending, children }: FigureProps) {
  return (
    <div className="figure">
      <dt>{name}</dt>
      <dd className="value">{value ?? (isPending ? <Waiting /> : '–')}</dd>
      <dd className="note">{children}</dd>
    </div>
  );
}

function animalsNote({ gifts, animals }: Stats): string {
  if (gifts === 0) return '';
  if (animals.min === null && animals.max === null) return 'no source gives a number';
  if (animals.max === null) return 'the least that they can be; some sources leave the most open';
  return animals.min === animals.max ? 'all of them counted' : 'the least and the most that they can be';
}

function unknownNote({ gifts, unknownCounts: unknown }: Stats): string {
  if (gifts === 0) return '';
  if (unknown === 0) return 'every gift has a number';
  return `${plural(unknown, 'gift')} of which no number is known, counted as unknown and not as none`;
}

const nations = (stats: Stats) => number(size(stats.byGiver));

/** How many groups there are, with those that are summed up. */
function size(groups: { kind: string; others: number }[]): number {
  return groups.reduce((all, { kind, others }) => all + others + (kind === 'VALUE' ? 1 : 0), 0);
}
