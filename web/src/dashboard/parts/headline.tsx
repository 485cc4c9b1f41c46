// The numbers at the top, each with what is not known about it.

import type { ReactNode } from 'react';
import { bounds, number } from '../data/format.ts';
import { texts } from '../data/language.ts';
import type { Stats } from '../overview.tsx';
import { Waiting } from './states.tsx';
import { size, Summary } from './summary.tsx';

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
  const t = texts().overview.headline;
  return (
    <section className={isOld ? 'hero old' : 'hero'} aria-busy={isPending}>
      <h1>{texts().frame.site}</h1>
      <p className="hero-lead">{stats ? <Summary stats={stats} all={isFiltered ? all : null} /> : t.lead}</p>
      <dl className="figures">
        <Figure name={t.gifts} isPending={isPending} value={stats && number(stats.gifts)}>
          {isFiltered && all !== null ? t.ofAll(all) : t.onRecord}
        </Figure>
        <Figure name={t.animals} isPending={isPending} value={stats && bounds(stats.animals)}>
          {stats && animalsNote(stats)}
        </Figure>
        <Figure name={t.unknownCounts} isPending={isPending} value={stats && number(stats.unknownCounts)}>
          {stats && unknownNote(stats)}
        </Figure>
        <Figure name={t.nations} isPending={isPending} value={stats && number(size(stats.byGiver))}>
          {stats && t.gaveTo(size(stats.byRecipient))}
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
  const t = texts().overview.headline;
  if (gifts === 0) return '';
  if (animals.min === null && animals.max === null) return t.noNumber;
  if (animals.max === null) return t.leastOnly;
  return animals.min === animals.max ? t.counted : t.leastAndMost;
}

function unknownNote({ gifts, unknownCounts: unknown }: Stats): string {
  const t = texts().overview.headline;
  if (gifts === 0) return '';
  return unknown === 0 ? t.allNumbered : t.unnumbered(unknown);
}
