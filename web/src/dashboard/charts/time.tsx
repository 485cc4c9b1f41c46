// Gifts over time. What certainly belongs to a decade or a year is a bar; what may belong there is a thin mark of its own
// beside it, never on top: the two are no sum.

import { useMemo, useState } from 'react';
import type { View } from '../data/address.ts';
import { bounds, number, plural } from '../data/format.ts';
import { edtfOf, slots, type Slot } from '../data/slots.ts';
import type { Change, Stats } from '../overview.tsx';
import { Choice } from '../parts/states.tsx';
import { Chart, escaped, Pressable, tooltipStyle, type Option } from './chart.tsx';
import { Embed } from './embed.tsx';
import type { Palette } from './palette.ts';

type Bucket = Stats['byYear'][number];

export function OverTime({ stats, view, change }: { stats: Stats | null; view: View; change: Change }) {
  const step = view.period === 'year' ? 1 : 10;
  const groups = stats && (step === 1 ? stats.byYear : stats.byDecade);
  const places = useMemo(
    () =>
      groups &&
      slots(
        groups.filter(({ kind }) => kind === 'VALUE' || kind === 'RUN'),
        step,
      ),
    [groups, step],
  );
  const [wanted, setWanted] = useState<boolean | null>(null);
  // Open dates are possible at nearly all times: marks at every place would hide what is known.
  const shows = wanted ?? (places !== null && places !== undefined && !isMostlyPossible(places));
  const draw = useMemo(
    () => places && ((palette: Palette, width: number) => optionFor(places, shows, palette, width)),
    [places, shows],
  );
  const isUneven = places?.some((place) => place.kind === 'gap' || (place.kind === 'group' && place.group.kind === 'RUN'));
  const choose = (group: Bucket) => {
    const date = edtfOf(group, step);
    if (date) change({ date: view.date === date ? '' : date, dates: 'possible' });
  };
  const spanning = groups?.find(({ kind }) => kind === 'SPANNING');
  const missing = groups?.find(({ kind }) => kind === 'MISSING');
  const others = groups?.find(({ kind }) => kind === 'OTHERS');
  const unit = step === 1 ? 'year' : 'decade';
  return (
    <Chart
      title="Over time"
      lead={
        <>
          Gifts by {unit}. <span className="key sure" /> certain
          {shows && (
            <>
              {' '}
              <span className="key possible" /> possible: the date is known in part only
            </>
          )}
          <Embed list="decades" view={view} />
        </>
      }
      description={`A bar for each ${unit} with the number of gifts. The table that follows has the same numbers.`}
      draw={draw}
      height={280}
      onHit={({ dataIndex }) => {
        const place = places?.[dataIndex];
        if (place && place.kind === 'group') choose(place.group);
      }}
      tools={
        <>
          <button type="button" className="plain" aria-pressed={shows} onClick={() => setWanted(!shows)}>
            Show what is only possible
          </button>
          <Choice
          label="Gifts by"
          value={view.period}
          options={[
            { value: 'decade', label: 'Decades' },
            { value: 'year', label: 'Years' },
          ]}
          choose={(period) => change({ period, after: view.after, before: view.before })}
        />
        </>
      }
      table={(isShown) =>
        groups && <TimeTable groups={groups} unit={unit} step={step} choose={isShown ? choose : null} />
      }
    >
      <p className="footnote">
        {isUneven && <span>The axis is not even: ⋯ and names of several {unit}s stand for long stretches that are alike. </span>}
        {spanning && (
          <span>
            {plural(spanning.gifts, 'gift')} of no certain {unit}: possible in each that {spanning.gifts === 1 ? 'it' : 'they'}{' '}
            may belong to, counted once in all.{' '}
          </span>
        )}
        {missing && (
          <span>
            {plural(missing.gifts, 'gift')} {missing.gifts === 1 ? 'has' : 'have'} no date:{' '}
            <button type="button" className="plain" onClick={() => change({ date: '', dates: 'unknown' })}>
              show {missing.gifts === 1 ? 'it' : 'them'}
            </button>
            .{' '}
          </span>
        )}
        {others && (
          <span>
            {plural(others.others, 'more bar')} with {plural(others.gifts, 'gift')} not drawn.
          </span>
        )}
      </p>
    </Chart>
  );
}

/** Whether what is only possible would be seen more than what is certain. */
function isMostlyPossible(places: Slot<Bucket>[]): boolean {
  const groups = places.flatMap((place) => (place.kind === 'group' ? [place.group] : []));
  return groups.filter(({ gifts, possible }) => possible > gifts).length > groups.length / 2;
}

function optionFor(places: Slot<Bucket>[], shows: boolean, palette: Palette, width: number): Option {
  const gifts = (place: Slot<Bucket>) => (place.kind === 'group' ? place.group.gifts : 0);
  const possible = (place: Slot<Bucket>) => (place.kind === 'group' ? place.group.possible : 0);
  return {
    grid: { left: 4, right: 8, top: 24, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow', shadowStyle: { color: palette.line, opacity: 0.45 } },
      ...tooltipStyle(palette),
      formatter: (parameters) => {
        const [first] = Array.isArray(parameters) ? parameters : [parameters];
        const place = places[first?.dataIndex ?? -1];
        return place ? inWords(place) : '';
      },
    },
    xAxis: {
      type: 'category',
      data: places.map(({ label }) => label),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.line } },
      axisLabel: {
        color: palette.muted,
        fontSize: width < 520 ? 10 : 12,
        hideOverlap: true,
        rotate: width < 520 ? 90 : 0,
      },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      axisLabel: { color: palette.muted, fontSize: 12 },
      splitLine: { lineStyle: { color: palette.line } },
    },
    series: [
      {
        name: 'certain',
        type: 'bar',
        barMaxWidth: 34,
        barGap: '12%',
        barCategoryGap: '28%',
        cursor: 'pointer',
        data: places.map((place) => ({
          value: gifts(place),
          itemStyle: { color: palette.sure, borderRadius: [3, 3, 0, 0] },
        })),
      },
      {
        name: 'possible',
        type: 'bar',
        barWidth: 5,
        cursor: 'pointer',
        // Nothing, and not 0: the border of an empty bar would be a line.
        data: places.map((place) => ({ value: (shows && possible(place)) || '-' })),
        itemStyle: {
          color: 'transparent',
          borderColor: palette.possible,
          borderWidth: 1,
          borderRadius: [3, 3, 0, 0],
          decal: {
            symbol: 'rect',
            color: palette.possible,
            dashArrayX: [1, 0],
            dashArrayY: [2, 4],
            rotation: Math.PI / 4,
          },
        },
      },
    ],
  };
}

function inWords(place: Slot<Bucket>): string {
  if (place.kind === 'gap') return `No gift is known to be of the years from ${place.year} to ${place.end - 1}`;
  if (place.kind === 'empty') return `<strong>${escaped(place.label)}</strong><br>no gift is known to be of this time`;
  const { gifts, possible, animals } = place.group;
  const certain = gifts ? `${plural(gifts, 'gift')}, animals: ${bounds(animals)}` : 'no gift is certain here';
  const more = possible ? `<br>${gifts ? `${number(possible)} more` : number(possible)} may be` : '';
  return `<strong>${escaped(place.label)}</strong><br>${certain}${more}`;
}

interface TimeTableProps {
  groups: Bucket[];
  unit: string;
  step: number;
  /** Null where nobody sees what is pressed. */
  choose: ((group: Bucket) => void) | null;
}

function TimeTable({ groups, unit, step, choose }: TimeTableProps) {
  return (
    <table>
      <caption>Gifts by {unit}</caption>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Gifts</th>
          <th scope="col">Further gifts that may belong here</th>
          <th scope="col">Animals</th>
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => {
          const text = wordsFor(group, unit);
          return (
            <tr key={`${group.kind} ${group.label}`}>
              <th scope="row">
                <Pressable press={choose && edtfOf(group, step) ? () => choose(group) : null}>
                  {text}
                </Pressable>
              </th>
              <td>{number(group.gifts)}</td>
              <td>{group.kind === 'VALUE' || group.kind === 'RUN' ? number(group.possible) : ''}</td>
              <td>{bounds(group.animals)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function wordsFor({ kind, label, others }: Bucket, unit: string): string {
  if (kind === 'SPANNING') return `No certain ${unit}`;
  if (kind === 'MISSING') return 'No date';
  return kind === 'OTHERS' ? plural(others, `other ${unit}`) : label;
}
