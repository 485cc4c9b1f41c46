// Who gives to whom: givers on the left, recipients on the right. A nation that does both stands on both sides, since
// gifts go back and forth and a Sankey diagram knows no circles.

import { useMemo } from 'react';
import { bounds, number, years } from '../data/format.ts';
import { texts, useLanguage } from '../data/language.ts';
import { nameOf } from '../data/names.ts';
import type { Told } from '../data/told.ts';
import type { OverviewQuery } from '../generated.ts';
import type { View } from '../data/address.ts';
import type { Change } from '../overview.tsx';
import { Filled, NationName } from '../parts/told.tsx';
import { Embed } from './embed.tsx';
import { Chart, Pressable, told, tooltipStyle, type Hit, type Option } from './chart.tsx';
import type { Palette } from './palette.ts';

export type Flow = NonNullable<OverviewQuery['giftFlows']>[number];
type Side = 'giver' | 'recipient';

interface FlowsProps {
  flows: Flow[] | null;
  /** How many gifts there are in all, drawn or not. */
  gifts: number;
  view: View;
  change: Change;
}

export function Flows({ flows, gifts, view, change }: FlowsProps) {
  const language = useLanguage();
  const t = texts().charts.flows;
  const draw = useMemo(() => flows && ((palette: Palette, width: number) => optionFor(flows, palette, width)), [flows, language]);
  const drawn = flows?.reduce((all, flow) => all + flow.gifts, 0) ?? 0;

  function onHit({ dataType, data }: Hit) {
    if (dataType === 'edge') {
      const { flow } = data as { flow: Flow };
      change({ giver: flow.giver.slug, recipient: flow.recipient.slug });
    } else {
      const { side, slug } = data as { side: Side; slug: string };
      change({ [side]: slug });
    }
  }

  return (
    <Chart
      title={t.title}
      place="from-whom-to-whom"
      lead={t.lead}
      description={t.description}
      draw={draw}
      height={flows ? heightFor(flows) : 560}
      onHit={onHit}
      tools={<Embed list="flows" view={view} />}
      table={(isShown) => flows && <FlowTable flows={flows} change={isShown ? change : null} />}
    >
      {flows && drawn < gifts && (
        <p className="footnote">{t.notDrawn(flows.length, gifts - drawn)}</p>
      )}
    </Chart>
  );
}

/** Room for a line of text at each nation on the longer side. */
function heightFor(flows: Flow[]): number {
  const count = (side: Side) => new Set(flows.map((flow) => flow[side].slug)).size;
  return Math.min(1100, Math.max(140, Math.max(count('giver'), count('recipient')) * 25 + 20));
}

function optionFor(flows: Flow[], palette: Palette, width: number): Option {
  const sizes = new Map<string, number>();
  for (const { giver, gifts } of flows) sizes.set(giver.slug, (sizes.get(giver.slug) ?? 0) + gifts);
  const ranked = [...sizes.entries()].sort((a, b) => b[1] - a[1]).map(([slug]) => slug);
  const rest = palette.flows.length - 1;
  const colour = (slug: string) => palette.flows[Math.min(ranked.indexOf(slug), rest)]!;

  const nodes = (side: Side) =>
    [...new Map(flows.map((flow) => [flow[side].slug, named(flow[side])]))].map(([slug, title]) => ({
      name: `${side} ${slug}`,
      side,
      slug,
      title,
      depth: side === 'giver' ? 0 : 1,
      itemStyle: { color: side === 'giver' ? colour(slug) : palette.muted },
      label: { position: side === 'giver' ? ('left' as const) : ('right' as const) },
    }));
  const margin = width < 560 ? Math.floor(width * 0.3) : Math.min(240, Math.floor(width * 0.2));

  return {
    tooltip: {
      trigger: 'item',
      ...tooltipStyle(palette),
      formatter: (parameters) => {
        const { dataType, data } = parameters as unknown as Hit;
        if (dataType === 'edge') return streamInWords((data as { flow: Flow }).flow);
        const { side, slug, title } = data as { side: Side; slug: string; title: Told };
        return nationInWords(
          flows.filter((flow) => flow[side].slug === slug),
          side,
          title,
        );
      },
    },
    series: [
      {
        type: 'sankey',
        left: margin,
        right: margin,
        top: 8,
        bottom: 8,
        nodeWidth: 8,
        nodeGap: 9,
        nodeAlign: 'justify',
        layoutIterations: 24,
        draggable: false,
        cursor: 'pointer',
        emphasis: { focus: 'adjacency', lineStyle: { opacity: 0.7 } },
        blur: { itemStyle: { opacity: 0.35 }, lineStyle: { opacity: 0.06 }, label: { opacity: 0.45 } },
        label: {
          color: palette.ink,
          fontSize: width < 560 ? 11 : 13,
          width: margin - 10,
          overflow: 'truncate',
          distance: 7,
          formatter: ({ data, value }) => `${(data as unknown as { title: Told }).title.text} ${number(Number(value))}`,
        },
        edgeLabel: {
          show: true,
          color: palette.ink,
          fontSize: 11,
          // A stream of one gift is as thin as a line: its number would hide it.
          formatter: ({ value }) => (Number(value) > 1 ? number(Number(value)) : ''),
        },
        lineStyle: { curveness: 0.5, opacity: 0.34, color: 'source' },
        data: [...nodes('giver'), ...nodes('recipient')],
        links: flows.map((flow) => ({
          source: `giver ${flow.giver.slug}`,
          target: `recipient ${flow.recipient.slug}`,
          value: flow.gifts,
          flow,
        })),
      },
    ],
  };
}

export const named = ({ slug, name }: { slug: string; name: string }): Told => nameOf('nations', slug, name);

export function streamInWords(flow: Flow): string {
  const { giver, recipient, gifts, animals, firstDate, lastDate } = flow;
  return (
    `<strong>${told(named(giver))} → ${told(named(recipient))}</strong><br>` +
    `${texts().charts.shared.counts(gifts, bounds(animals))}<br>${years(firstDate, lastDate)}`
  );
}

function nationInWords(flows: Flow[], side: Side, name: Told): string {
  const gifts = flows.reduce((all, flow) => all + flow.gifts, 0);
  const { gave, received } = texts().charts.flows;
  return `<strong>${told(name)}</strong><br>${(side === 'giver' ? gave : received)(gifts, flows.length)}`;
}

/** `change` is null where nobody sees what is pressed. */
export function FlowTable({ flows, change }: { flows: Flow[]; change: Change | null }) {
  const { flows: t, shared } = texts().charts;
  return (
    <table>
      <caption>{t.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t.route}</th>
          <th scope="col">{shared.gifts}</th>
          <th scope="col">{shared.animals}</th>
          <th scope="col">{shared.when}</th>
        </tr>
      </thead>
      <tbody>
        {flows.map((flow) => (
          <tr key={`${flow.giver.slug} ${flow.recipient.slug}`}>
            <th scope="row">
              <Pressable press={change && (() => change({ giver: flow.giver.slug, recipient: flow.recipient.slug }))}>
                <Filled
                  text={t.fromTo}
                  giver={<NationName nation={flow.giver} />}
                  recipient={<NationName nation={flow.recipient} />}
                />
              </Pressable>
            </th>
            <td>{number(flow.gifts)}</td>
            <td>{bounds(flow.animals)}</td>
            <td>{years(flow.firstDate, flow.lastDate)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
