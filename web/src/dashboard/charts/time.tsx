// Gifts over time. What certainly belongs to a decade or a year is a bar; what may belong there is a thin mark of its own
// beside it, never on top: the two are no sum.

import { useMemo, useState } from 'react';
import type { View } from '../data/address.ts';
import { bounds, bucketInWords, number, spanInWords, yearInWords } from '../data/format.ts';
import { texts, useLanguage } from '../data/language.ts';
import { edtfOf, slots, type Slot } from '../data/slots.ts';
import { saidOr, type Told } from '../data/told.ts';
import type { Change, Stats } from '../overview.tsx';
import { Choice } from '../parts/states.tsx';
import { Filled, Telling } from '../parts/told.tsx';
import { Chart, Pressable, told, tooltipStyle, type Option } from './chart.tsx';
import { Embed } from './embed.tsx';
import type { Palette } from './palette.ts';

type Bucket = Stats['byYear'][number];
type Period = View['period'];

export function OverTime({ stats, view, change }: { stats: Stats | null; view: View; change: Change }) {
  const language = useLanguage();
  const { period } = view;
  const step = period === 'year' ? 1 : 10;
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
    () => places && ((palette: Palette, width: number) => optionFor(places, period, shows, palette, width)),
    [places, period, shows, language],
  );
  const isUneven = places?.some((place) => place.kind === 'gap' || (place.kind === 'group' && place.group.kind === 'RUN'));
  const choose = (group: Bucket) => {
    const date = edtfOf(group, step);
    if (date) change({ date: view.date === date ? '' : date, dates: 'possible' });
  };
  const spanning = groups?.find(({ kind }) => kind === 'SPANNING');
  const missing = groups?.find(({ kind }) => kind === 'MISSING');
  const others = groups?.find(({ kind }) => kind === 'OTHERS');
  const t = texts().charts.time;
  const own = t.periods[period];
  return (
    <Chart
      title={t.title}
      place="over-time"
      lead={
        <>
          {own.lead} <span className="key sure" /> {t.certain}
          {shows && (
            <>
              {' '}
              <span className="key possible" /> {t.possible}
            </>
          )}{' '}
          <Embed list="decades" view={view} />
        </>
      }
      description={own.description}
      draw={draw}
      height={280}
      onHit={({ dataIndex }) => {
        const place = places?.[dataIndex];
        if (place && place.kind === 'group') choose(place.group);
      }}
      tools={
        <>
          <button type="button" className="plain" aria-pressed={shows} onClick={() => setWanted(!shows)}>
            {t.showPossible}
          </button>
          <Choice
            label={t.giftsBy}
            value={period}
            options={(['decade', 'year'] as const).map((value) => ({ value, label: t.periods[value].choice }))}
            choose={(period) => change({ period, after: view.after, before: view.before })}
          />
        </>
      }
      table={(isShown) =>
        groups && <TimeTable groups={groups} period={period} step={step} choose={isShown ? choose : null} />
      }
    >
      <p className="footnote">
        {isUneven && <span>{own.uneven} </span>}
        {spanning && <span>{own.spanning(spanning.gifts)} </span>}
        {missing && (
          <span>
            <Filled
              text={t.missing(missing.gifts)}
              show={(words) => (
                <button type="button" className="plain" onClick={() => change({ date: '', dates: 'unknown' })}>
                  {words}
                </button>
              )}
            />{' '}
          </span>
        )}
        {others && <span>{t.notDrawn(others.others, others.gifts)}</span>}
      </p>
    </Chart>
  );
}

/** Whether what is only possible would be seen more than what is certain. */
function isMostlyPossible(places: Slot<Bucket>[]): boolean {
  const groups = places.flatMap((place) => (place.kind === 'group' ? [place.group] : []));
  return groups.filter(({ gifts, possible }) => possible > gifts).length > groups.length / 2;
}

function optionFor(
  places: Slot<Bucket>[],
  period: Period,
  shows: boolean,
  palette: Palette,
  width: number,
): Option {
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
        return place ? inWords(place, period) : '';
      },
    },
    xAxis: {
      type: 'category',
      data: places.map((place) => nameOfPlace(place, period).text),
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
      axisLabel: { color: palette.muted, fontSize: 12, formatter: number },
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

function inWords(place: Slot<Bucket>, period: Period): string {
  const { time: t, shared } = texts().charts;
  if (place.kind === 'gap') return t.gap(yearInWords(place.year), yearInWords(place.end - 1));
  const name = `<strong>${told(nameOfPlace(place, period))}</strong><br>`;
  if (place.kind === 'empty') return name + t.nothing;
  const { gifts, possible, animals } = place.group;
  const certain = gifts ? shared.counts(gifts, bounds(animals)) : t.noneCertain;
  const more = possible ? `<br>${gifts ? t.moreMayBe(possible) : t.mayBe(possible)}` : '';
  return name + certain + more;
}

interface TimeTableProps {
  groups: Bucket[];
  period: Period;
  step: number;
  /** Null where nobody sees what is pressed. */
  choose: ((group: Bucket) => void) | null;
}

function TimeTable({ groups, period, step, choose }: TimeTableProps) {
  const { time: t, shared } = texts().charts;
  return (
    <table>
      <caption>{t.periods[period].caption}</caption>
      <thead>
        <tr>
          <th scope="col">{shared.when}</th>
          <th scope="col">{shared.gifts}</th>
          <th scope="col">{t.further}</th>
          <th scope="col">{shared.animals}</th>
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => {
          return (
            <tr key={`${group.kind} ${group.label}`}>
              <th scope="row">
                <Pressable press={choose && edtfOf(group, step) ? () => choose(group) : null}>
                  <Telling told={nameOfGroup(group, period)} />
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

function nameOfGroup(group: Bucket, period: Period): Told {
  const { noDate, periods } = texts().charts.time;
  if (group.kind === 'SPANNING') return { text: periods[period].none };
  if (group.kind === 'MISSING') return { text: noDate };
  if (group.kind === 'OTHERS') return { text: periods[period].others(group.others) };
  return saidOr(group.label, group.year === null ? null : spanInWords(group.year, group.end, period));
}

function nameOfPlace(place: Slot<Bucket>, period: Period): Told {
  if (place.kind === 'group') return nameOfGroup(place.group, period);
  return place.kind === 'gap' ? { text: place.label } : saidOr(place.label, bucketInWords(place.year, period));
}
