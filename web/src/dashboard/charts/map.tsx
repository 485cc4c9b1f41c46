// The flows on a map: from capital to capital, for those are what the data say of where nations lie. Former states stand at
// theirs, by name. The outlines are those of Natural Earth.

import { useEffect, useMemo, useState } from 'react';
import { registerMap } from 'echarts/core';
import type { FeatureCollection, MultiPolygon } from 'geojson';
import { feature } from 'topojson-client';
import outlines from 'world-atlas/land-110m.json?url';
import { texts, useLanguage } from '../data/language.ts';
import { said } from '../data/told.ts';
import type { Change } from '../overview.tsx';
import { Chart, told, tooltipStyle, type Hit, type Option } from './chart.tsx';
import { FlowTable, named, streamInWords, type Flow } from './flows.tsx';
import type { Palette } from './palette.ts';

type Nation = Flow['giver'];

interface Place {
  nation: Nation;
  at: [number, number];
  given: number;
  received: number;
}

/** Whether the outlines are there; they are fetched once. */
function useOutlines(): boolean {
  const [isThere, setThere] = useState(false);
  useEffect(() => {
    let isLeft = false;
    void load().then((loaded) => !isLeft && setThere(loaded));
    return () => void (isLeft = true);
  }, []);
  return isThere;
}

let loading: Promise<boolean> | undefined;

function load(): Promise<boolean> {
  loading ??= fetch(outlines)
    .then((response) => response.json())
    .then((topology) => {
      const land = feature(topology, topology.objects.land) as unknown as FeatureCollection<MultiPolygon>;
      registerMap('land', unwrapped(land) as unknown as Parameters<typeof registerMap>[1]);
      return true;
    })
    .catch(() => {
      loading = undefined;
      return false;
    });
  return loading;
}

/** The same land with coasts that go on beyond 180 degrees, where they would leap to the other side of the map. */
function unwrapped(land: FeatureCollection<MultiPolygon>): FeatureCollection<MultiPolygon> {
  for (const { geometry } of land.features) {
    for (const ring of geometry.coordinates.flat()) {
      let turns = 0;
      ring.forEach((point, index) => {
        const before = index > 0 ? ring[index - 1]![0]! : point[0]!;
        const here = point[0]! + turns;
        if (here - before > 180) turns -= 360;
        else if (before - here > 180) turns += 360;
        point[0] = point[0]! + turns;
      });
      // Where it began decided on which side it lies: its middle belongs onto the map.
      const all = ring.map(([lon]) => lon!);
      const middle = (Math.min(...all) + Math.max(...all)) / 2;
      const shift = middle < -170 ? 360 : middle > 190 ? -360 : 0;
      for (const point of ring) point[0] = point[0]! + shift;
    }
  }
  return land;
}

/** How wide the map is for its height, between the bounds below. */
const ASPECT = 2;

export function OnTheMap({ flows, change }: { flows: Flow[] | null; change: Change }) {
  const isThere = useOutlines();
  const language = useLanguage();
  const t = texts().charts.map;
  const draw = useMemo(
    () => (flows && isThere ? (palette: Palette, width: number) => optionFor(flows, palette, width) : null),
    [flows, isThere, language],
  );
  const [unplaced, all] = useMemo(() => {
    const gone = flows?.filter(({ giver, recipient }) => !placeOf(giver) || !placeOf(recipient)) ?? [];
    return [gone.reduce((sum, { gifts }) => sum + gifts, 0), flows?.length ?? 0];
  }, [flows]);

  function onHit({ data }: Hit) {
    const { flow, place } = data as { flow?: Flow; place?: Place };
    if (flow) change({ giver: flow.giver.slug, recipient: flow.recipient.slug });
    if (place) change({ nation: place.nation.slug });
  }

  return (
    <Chart
      title={t.title}
      place="on-the-map"
      lead={t.lead}
      description={t.description}
      draw={draw}
      height={Math.min(440, Math.round(window.innerWidth / ASPECT))}
      onHit={onHit}
      table={(isShown) => flows && all > 0 && <FlowTable flows={flows} change={isShown ? change : null} />}
    >
      {unplaced > 0 && (
        <p className="footnote">{t.notDrawn(unplaced)}</p>
      )}
    </Chart>
  );
}

function placeOf({ capital }: Nation): [number, number] | null {
  const location = capital?.location;
  return location ? [location.lon, location.lat] : null;
}

function optionFor(flows: Flow[], palette: Palette, width: number): Option {
  const places = new Map<string, Place>();
  for (const { giver, recipient, gifts } of flows) {
    for (const [nation, side] of [
      [giver, 'given'],
      [recipient, 'received'],
    ] as const) {
      const at = placeOf(nation);
      if (!at) continue;
      const place = places.get(nation.slug) ?? { nation, at, given: 0, received: 0 };
      place[side] += gifts;
      places.set(nation.slug, place);
    }
  }
  const most = Math.max(1, ...[...places.values()].map(({ given, received }) => given + received));
  const isSmall = width < 560;
  return {
    tooltip: {
      trigger: 'item',
      ...tooltipStyle(palette),
      formatter: (parameters) => {
        const { flow, place } = (parameters as unknown as Hit).data as { flow?: Flow; place?: Place };
        return flow ? streamInWords(flow) : place ? placeInWords(place) : '';
      },
    },
    geo: {
      map: 'land',
      layoutCenter: ['50%', '50%'],
      layoutSize: Math.min(width, 440 * ASPECT),
      silent: true,
      // Without Antarctica, where nobody gives anything.
      boundingCoords: [
        [-170, 80],
        [190, -56],
      ],
      itemStyle: { areaColor: palette.line, borderColor: palette.line },
    },
    series: [
      {
        type: 'lines',
        coordinateSystem: 'geo',
        cursor: 'pointer',
        symbol: ['none', 'arrow'],
        symbolSize: isSmall ? 5 : 7,
        lineStyle: { color: palette.sure, opacity: 0.55, curveness: 0.2 },
        data: flows.flatMap((flow) => {
          const [from, to] = [placeOf(flow.giver), placeOf(flow.recipient)];
          if (!from || !to) return [];
          return [{ coords: [from, to], flow, lineStyle: { width: Math.min(6, 1 + Math.log2(flow.gifts)) } }];
        }),
      },
      {
        type: 'scatter',
        coordinateSystem: 'geo',
        cursor: 'pointer',
        itemStyle: { color: palette.possible, borderColor: palette.paper, borderWidth: 1 },
        label: {
          show: !isSmall,
          position: 'right',
          color: palette.ink,
          fontSize: 12,
          textBorderColor: palette.paper,
          textBorderWidth: 2,
          formatter: ({ data }) => named((data as unknown as { place: Place }).place.nation).text,
        },
        labelLayout: { hideOverlap: true },
        data: [...places.values()].map((place) => ({
          value: place.at,
          place,
          symbolSize: 6 + 14 * Math.sqrt((place.given + place.received) / most),
        })),
      },
    ],
  };
}

function placeInWords({ nation, given, received }: Place): string {
  const capital = nation.capital ? ` (${told(said(nation.capital.name))})` : '';
  return `<strong>${told(named(nation))}</strong>${capital}<br>${texts().charts.map.gaveAndReceived(given, received)}`;
}
