// A chart that is a table: one row for each nation, animal or word, with bars in its cells. The gifts are a plain bar;
// the animals are a range from the least to the most, with an arrow where the most is unknown.

import { useState, type ReactNode } from 'react';
import { bounds, number, type Bounds } from '../data/format.ts';
import { texts } from '../data/language.ts';
import { drawn, scaleFor, type Scale } from '../data/ranges.ts';
import type { Told } from '../data/told.ts';
import { Card, Skeleton } from '../parts/states.tsx';

/** What each entry of a list of groups has. */
export interface Group {
  kind: string;
  label: string;
  gifts: number;
  animals: Bounds;
  unknownCounts: number;
  others: number;
}

interface RanksProps<G extends Group> {
  /** Without a title there is no card around it. */
  title?: string;
  lead?: string;
  tools?: ReactNode;
  isWide?: boolean;
  /** Only the gifts, in little room. */
  isSmall?: boolean;
  /** What a row is, for the table's head. */
  noun: string;
  groups: G[] | undefined;
  label: (group: G) => Told;
  keyOf: (group: G) => string | undefined;
  /** The key that is filtered by. */
  chosen: string;
  /** What a click on a row does; nothing where it cannot be filtered by. */
  choose: (group: G) => (() => void) | null | undefined | '';
}

/** How many rows are shown at first. */
const FEW = 10;

export function Ranks<G extends Group>(props: RanksProps<G>) {
  const { title, lead, tools, isWide, isSmall = false, groups } = props;
  const content = groups ? <Rows {...props} groups={groups} /> : <Skeleton lines={isSmall ? 5 : FEW} height={18} />;
  if (title === undefined) return content;
  return (
    <Card title={title} {...(lead && { lead })} tools={tools} className={isWide ? 'wide' : 'half'}>
      {content}
    </Card>
  );
}

function Rows<G extends Group>(props: RanksProps<G> & { groups: G[] }) {
  const { groups, noun, isSmall = false, title } = props;
  const [isAll, setAll] = useState(false);
  const t = texts().charts;
  // What has no value, or stands for the rest, comes last whatever its size.
  const values = groups.filter(isValue);
  if (isSmall) values.sort((a, b) => b.gifts - a.gifts);
  const sorted = [...values, ...groups.filter((group) => !isValue(group))];
  const hidden = isAll || isSmall ? 0 : Math.max(0, sorted.length - FEW - 1);
  const rows = hidden ? sorted.slice(0, FEW) : sorted;
  const most = Math.max(1, ...sorted.map(({ gifts, kind }) => (kind === 'OTHERS' ? 0 : gifts)));
  const scale = scaleFor(sorted.map(({ animals }) => animals));
  return (
    <>
      <table className={`ranks ${isSmall ? 'small' : ''}`}>
        <caption className="unseen">{t.ranks.caption(title ?? noun)}</caption>
        <thead className={isSmall ? 'unseen' : ''}>
          <tr>
            <th scope="col">{noun}</th>
            <th scope="col">{t.shared.gifts}</th>
            {!isSmall && (
              <th scope="col" className="with-scale">
                {t.shared.animals} <Ticks scale={scale} />
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((group, index) => (
            <Row
              key={props.keyOf(group) ?? `${group.kind} ${index}`}
              {...props}
              group={group}
              most={most}
              scale={scale}
            />
          ))}
        </tbody>
      </table>
      {sorted.length > FEW + 1 && !isSmall && (
        <button type="button" className="plain more" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
          {isAll ? t.ranks.fewer : t.ranks.all(sorted.length)}
        </button>
      )}
    </>
  );
}

function isValue(group: Group): boolean {
  return group.kind === 'VALUE';
}

interface RowProps<G extends Group> extends RanksProps<G> {
  group: G;
  most: number;
  scale: Scale;
}

function Row<G extends Group>({ group, most, scale, isSmall, label, keyOf, chosen, choose }: RowProps<G>) {
  const { text, lang } = group.kind === 'OTHERS' ? { text: texts().figures.others(group.others) } : label(group);
  const act = choose(group) || null;
  const isChosen = chosen !== '' && keyOf(group) === chosen;
  return (
    <tr className={`${isChosen ? 'chosen' : ''} ${isValue(group) ? '' : 'rest'}`}>
      <th scope="row">
        {act ? (
          <button type="button" className="row-button" aria-pressed={isChosen} onClick={act} title={text} lang={lang}>
            {text}
          </button>
        ) : (
          <span title={text} lang={lang}>
            {text}
          </span>
        )}
      </th>
      <td>
        <span className="bar-cell">
          <span className="bar-track" aria-hidden="true">
            <span className="bar-fill" style={{ width: `${Math.min(1, group.gifts / most) * 100}%` }} />
          </span>
          <span className="bar-value">{number(group.gifts)}</span>
        </span>
      </td>
      {!isSmall && (
        <td>
          <Range count={group.animals} scale={scale} unknown={group.unknownCounts} />
        </td>
      )}
    </tr>
  );
}

function Ticks({ scale }: { scale: Scale }) {
  return (
    <span className="ticks" aria-hidden="true">
      {scale.ticks.map((tick) => (
        <span key={tick} style={{ left: `${scale.place(tick) * 100}%` }}>
          {number(tick)}
        </span>
      ))}
    </span>
  );
}

function Range({ count, scale, unknown }: { count: Bounds; scale: Scale; unknown: number }) {
  const { least, most, isOpen, isExact } = drawn(count, scale);
  // No number at all for any of them: a sum that begins at 0 would look like one.
  const isUnknown = (count.min === null || count.min === 0) && count.max === null;
  const from = least ?? 0;
  const t = texts().charts.ranks;
  return (
    <span className="range-cell">
      <span className="range-track" aria-hidden="true">
        {scale.ticks.map((tick) => (
          <span key={tick} className="range-tick" style={{ left: `${scale.place(tick) * 100}%` }} />
        ))}
        {!isUnknown && <span className="range-sure" style={{ width: `${from * 100}%` }} />}
        {!isExact && (
          <span
            className={`range-open ${isOpen ? 'endless' : ''}`}
            style={{ left: `${from * 100}%`, width: `${(most - from) * 100}%` }}
          />
        )}
        {!isUnknown && <span className="range-dot" style={{ left: `${from * 100}%` }} />}
        {!isExact && !isOpen && <span className="range-dot most" style={{ left: `${most * 100}%` }} />}
      </span>
      <span className="bar-value">
        {isUnknown ? texts().figures.unknown : bounds(count)}
        {unknown > 0 && !isUnknown && (
          <span className="unknown" title={t.withoutNumber(unknown)}>
            {' '}
            {t.plus(unknown)}
            <span aria-hidden="true">?</span>
            <span className="unseen">{t.ofThose(unknown)}</span>
          </span>
        )}
      </span>
    </span>
  );
}
