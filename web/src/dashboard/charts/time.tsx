// Gifts over time. What certainly belongs to a decade or a year is solid; what may belong there is hatched on top.

import { useMemo } from 'react';
import type { View } from '../data/address.ts';
import { bounds, number, plural } from '../data/format.ts';
import { edtfOf, slots, type Slot } from '../data/slots.ts';
import type { Change, Stats } from '../overview.tsx';
import { Choice } from '../parts/states.tsx';
import { Chart, escaped, Pressable, tooltipStyle, type Option } from './chart.tsx';
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
  const draw = useMemo(
    () => places && ((palette: Palette, width: number) => optionFor(places, palette, width)),
    [places],
  );
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
          Gifts by {unit}. <span className="key sure" /> certain <span className="key possible" /> possible: the date is
          known in part only
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
        <Choice
          label="Gifts by"
          value={view.period}
          options={[
            { value: 'decade', label: 'Decades' },
            { value: 'year', label: 'Years' },
          ]}
          choose={(period) => change({ period, after: view.after, before: view.before })}
        />
      }
      table={(isShown) =>
        groups && <TimeTable groups={groups} unit={unit} step={step} choose={isShown ? choose : null} />
      }
    >
      <p className="footnote">
        {spanning && (
          <span>
            {plural(spanning.gifts, 'gift')} of no certain {unit}: hatched in each that {spanning.gifts === 1 ? 'it' : 'they'}{' '}
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

function optionFor(places: Slot<Bucket>[], palette: Palette, width: number): Option {
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
        stack: 'gifts',
        barMaxWidth: 34,
        barCategoryGap: '28%',
        cursor: 'pointer',
        data: places.map((place) => ({
          value: gifts(place),
          itemStyle: { color: palette.sure, borderRadius: possible(place) ? 0 : [3, 3, 0, 0] },
        })),
      },
      {
        name: 'possible',
        type: 'bar',
        stack: 'gifts',
        cursor: 'pointer',
        // Nothing, and not 0: the border of an empty bar would be a line.
        data: places.map((place) => ({ value: possible(place) || '-' })),
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
  const { group } = place;
  const more = group.possible ? `<br>and ${plural(group.possible, 'gift')} that may belong here` : '';
  return `<strong>${escaped(place.label)}</strong><br>${plural(group.gifts, 'gift')}, animals: ${bounds(group.animals)}${more}`;
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
