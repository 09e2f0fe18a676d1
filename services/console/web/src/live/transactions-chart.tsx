import type { Transactions } from '@hermes/contracts/console-api';
import { BarChart, type BarSeriesOption } from 'echarts/charts';
import {
  GridComponent,
  type GridComponentOption,
  TooltipComponent,
  type TooltipComponentOption,
} from 'echarts/components';
import { type ComposeOption, type ECharts, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { type Theme, usePreferences } from '../app/preferences.tsx';
import { lineColour } from '../app/theme.ts';
import { formatCount, formatMoney, formatMoneyShort } from '../format/numbers.ts';
import { bucketLabels } from '../format/times.ts';
import type { Texts } from '../texts/en.ts';
import type { Measure } from './ranges.ts';

use([BarChart, GridComponent, TooltipComponent, CanvasRenderer]);

type Option = ComposeOption<BarSeriesOption | GridComponentOption | TooltipComponentOption>;

const INK: Readonly<
  Record<Theme, { readonly label: string; readonly grid: string; readonly panel: string; readonly text: string }>
> = {
  light: { label: '#6b7488', grid: '#edf0f5', panel: '#ffffff', text: '#1a2233' },
  dark: { label: '#8a94a7', grid: '#232b39', panel: '#1c2330', text: '#e6eaf2' },
};

interface ChartInput {
  readonly transactions: Transactions;
  readonly measure: Measure;
  readonly theme: Theme;
  readonly locale: string;
  readonly texts: Texts;
}

/** The chart as ECharts has it: bars stacked by line of business. Pure. */
function chartOption({ transactions, measure, theme, locale, texts }: ChartInput): Option {
  const ink = INK[theme];
  const { currency, buckets, series } = transactions;
  const label = bucketLabels(transactions.unit, transactions.timeZone, locale);
  const short = (value: number): string =>
    measure === 'deals' ? formatCount(value, locale) : formatMoneyShort(value, currency, locale);
  const full = (value: number): string =>
    measure === 'deals' ? formatCount(value, locale) : formatMoney(value, currency, locale);
  return {
    animationDuration: 400,
    animationDurationUpdate: 400,
    grid: { left: 4, right: 4, top: 12, bottom: 6, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      backgroundColor: ink.panel,
      borderColor: ink.grid,
      textStyle: { color: ink.text, fontSize: 13 },
      valueFormatter: (value) => full(Number(value)),
    },
    xAxis: {
      type: 'category',
      data: buckets.map(label),
      axisLine: { lineStyle: { color: ink.grid } },
      axisTick: { show: false },
      axisLabel: { color: ink.label, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      minInterval: measure === 'deals' ? 1 : 0,
      splitLine: { lineStyle: { color: ink.grid } },
      axisLabel: { color: ink.label, formatter: short },
    },
    series: series.map((one, place) => ({
      id: one.line,
      name: texts.line[one.line] ?? one.line,
      type: 'bar',
      stack: 'lines',
      barMaxWidth: 28,
      barCategoryGap: '30%',
      itemStyle: { color: lineColour(theme, one.line, place) },
      emphasis: { focus: 'series' },
      data: [...one[measure]],
    })),
  };
}

/** Draws the transactions; loaded apart, because ECharts is the heaviest part of the console. */
export function TransactionsChart({
  transactions,
  measure,
}: {
  readonly transactions: Transactions;
  readonly measure: Measure;
}): ReactNode {
  const { theme, locale, texts } = usePreferences();
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(null);
  const option = useMemo(
    () => chartOption({ transactions, measure, theme, locale, texts }),
    [transactions, measure, theme, locale, texts],
  );

  useEffect(() => {
    if (host.current === null) return undefined;
    const made = init(host.current);
    chart.current = made;
    const watcher = new ResizeObserver(() => made.resize());
    watcher.observe(host.current);
    return () => {
      watcher.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(option, { replaceMerge: ['series'] });
  }, [option]);
  return <div ref={host} className="chart-host" />;
}
