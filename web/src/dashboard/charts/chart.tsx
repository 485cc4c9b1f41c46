// A picture drawn by ECharts, as SVG, with its data as a table: hidden from the eyes until it is asked for, never from a
// screen reader. Only the parts of ECharts that are used are carried.

import { BarChart, LinesChart, SankeyChart, ScatterChart } from 'echarts/charts';
import type { BarSeriesOption, LinesSeriesOption, SankeySeriesOption, ScatterSeriesOption } from 'echarts/charts';
import { AriaComponent, GeoComponent, GridComponent, TooltipComponent } from 'echarts/components';
import type {
  AriaComponentOption,
  GeoComponentOption,
  GridComponentOption,
  TooltipComponentOption,
} from 'echarts/components';
import { init, use, type ComposeOption, type ECharts } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { texts } from '../data/language.ts';
import type { Told } from '../data/told.ts';
import { Card, Skeleton } from '../parts/states.tsx';
import { Save } from './save.tsx';
import { usePalette, useStillness, type Palette } from './palette.ts';

use([
  BarChart,
  LinesChart,
  SankeyChart,
  ScatterChart,
  AriaComponent,
  GeoComponent,
  GridComponent,
  TooltipComponent,
  LabelLayout,
  SVGRenderer,
]);

export type Option = ComposeOption<
  | BarSeriesOption
  | LinesSeriesOption
  | SankeySeriesOption
  | ScatterSeriesOption
  | AriaComponentOption
  | GeoComponentOption
  | GridComponentOption
  | TooltipComponentOption
>;

/** What a click meets. */
export interface Hit {
  dataType?: string;
  dataIndex: number;
  data: unknown;
}

interface ChartProps {
  title: string;
  /** Where it stands in the page, in addresses and as the name of files: the same in each language. */
  place: string;
  lead: ReactNode;
  /** What there is to see, in a sentence for those who do not see it. */
  description: string;
  /** Null while the data is on its way. `width` is that of the picture in pixels. */
  draw: ((palette: Palette, width: number) => Option) | null;
  /** In pixels. */
  height: number;
  onHit: (hit: Hit) => void;
  tools?: ReactNode;
  /** Its data, seen or only heard: nothing in it can be pressed unless it is seen, or the focus would be lost. */
  table: (isShown: boolean) => ReactNode;
  children?: ReactNode;
}

export function Chart({ title, place, lead, description, draw, height, onHit, tools, table, children }: ChartProps) {
  const [isTable, setTable] = useState(false);
  const card = useRef<HTMLDivElement>(null);
  const t = texts().charts.shared;
  return (
    <Card
      title={title}
      place={place}
      lead={lead}
      className="wide"
      tools={
        <div className="tools">
          {tools}
          <button type="button" className="plain" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
            {t.asTable}
          </button>
          <Save name={place} card={card} />
          <a className="plain" href={`#${place}`} aria-label={t.linkTo}>
            {t.link}
          </a>
        </div>
      }
    >
      {draw ? (
        <div ref={card}>
          {!isTable && <Picture draw={draw} description={description} height={height} onHit={onHit} />}
          <div className={isTable ? 'data-table' : 'data-table unseen'}>{table(isTable)}</div>
        </div>
      ) : (
        <div className="picture" style={{ height }}>
          <Skeleton lines={Math.floor(height / 48)} height={22} />
        </div>
      )}
      {children}
    </Card>
  );
}

type PictureProps = Required<Pick<ChartProps, 'description' | 'height' | 'onHit'>> & {
  draw: NonNullable<ChartProps['draw']>;
};

function Picture({ draw, description, height, onHit }: PictureProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const hit = useRef(onHit);
  hit.current = onHit;
  const [width, setWidth] = useState(0);
  const palette = usePalette();
  const isStill = useStillness();

  useEffect(() => {
    const element = place.current!;
    setWidth(element.clientWidth);
    const made = init(element, null, { renderer: 'svg' });
    chart.current = made;
    made.on('click', (event) => hit.current(event as unknown as Hit));
    const watcher = new ResizeObserver(() => {
      // It is called at its start too, when there is nothing to draw anew.
      if (made.getWidth() === element.clientWidth && made.getHeight() === element.clientHeight) return;
      made.resize();
      setWidth(element.clientWidth);
    });
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    if (width === 0) return;
    const option: Option = {
      animation: !isStill,
      animationDuration: 500,
      textStyle: { fontFamily: 'system-ui, sans-serif', color: palette.ink },
      aria: { enabled: true, label: { description } },
      ...draw(palette, width),
    };
    chart.current?.setOption(option, { notMerge: true });
  }, [draw, palette, isStill, width, description]);

  return <div ref={place} className="picture" style={{ height }} role="img" aria-label={description} />;
}

/** A button in a table, or only its text. */
export function Pressable({ press, children }: { press: (() => void) | null; children: ReactNode }) {
  if (!press) return children;
  return (
    <button type="button" className="plain" onClick={press}>
      {children}
    </button>
  );
}

/** The look of the small window over a chart. */
export function tooltipStyle(palette: Palette) {
  return {
    backgroundColor: palette.paper,
    borderColor: palette.line,
    textStyle: { color: palette.ink, fontSize: 13 },
    confine: true,
    extraCssText: 'box-shadow: 0 6px 24px rgb(0 0 0 / 0.14); border-radius: 8px; padding: 10px 14px;',
  };
}

/** A text in its own language, for the small window. */
export function told({ text, lang }: Told): string {
  return lang ? `<span lang="${lang}">${escaped(text)}</span>` : escaped(text);
}

/** Text for the small window, which takes HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
