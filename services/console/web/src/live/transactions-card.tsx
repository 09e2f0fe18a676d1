import type { Transactions } from '@hermes/contracts/console-api';
import { Button, Empty, Result, Segmented, Skeleton } from 'antd';
import { lazy, type ReactNode, Suspense } from 'react';
import type { LiveView } from '../api/live-stream.ts';
import { usePreferences } from '../app/preferences.tsx';
import { lineColour } from '../app/theme.ts';
import { useUrlState } from '../app/url-state.ts';
import { formatCount, formatMoneyShort } from '../format/numbers.ts';
import { formatInstant } from '../format/times.ts';
import { type Measure, measureOf, RANGE_NAMES, RANGES, type RangeName, rangeOf } from './ranges.ts';

const TransactionsChart = lazy(() =>
  import('./transactions-chart.tsx').then((module) => ({ default: module.TransactionsChart })),
);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function Legend({
  transactions,
  measure,
}: {
  readonly transactions: Transactions;
  readonly measure: Measure;
}): ReactNode {
  const { texts, theme, locale } = usePreferences();
  const format = (value: number): string =>
    measure === 'deals' ? formatCount(value, locale) : formatMoneyShort(value, transactions.currency, locale);
  const totals = { deals: transactions.total.deals, value: Number(transactions.total.value) };
  return (
    <ul className="chart-legend">
      {transactions.series.map((series, place) => (
        <li key={series.line}>
          <i style={{ background: lineColour(theme, series.line, place) }} aria-hidden="true" />
          <span>{texts.line[series.line] ?? series.line}</span>
          <strong>{format(sum(series[measure]))}</strong>
        </li>
      ))}
      <li className="chart-legend-total">
        <span>{texts.totalOfRange}</span>
        <strong>{format(totals[measure])}</strong>
      </li>
    </ul>
  );
}

function NothingInRange({
  transactions,
  onShowAll,
}: {
  readonly transactions: Transactions;
  readonly onShowAll: () => void;
}): ReactNode {
  const { texts, locale } = usePreferences();
  const { newestAt, timeZone } = transactions;
  return (
    <div className="card-empty">
      <Empty
        image={Empty.PRESENTED_IMAGE_SIMPLE}
        description={newestAt === null ? texts.noDealsYet : texts.noDealsInRange}
      />
      <p className="quiet">
        {newestAt === null ? texts.noDealsYetHelp : texts.newestDealAt(formatInstant(newestAt, timeZone, locale))}
      </p>
      {newestAt !== null && <Button onClick={onShowAll}>{texts.showAll}</Button>}
    </div>
  );
}

function Picture({
  live,
  measure,
  range,
  onShowAll,
}: {
  readonly live: LiveView;
  readonly measure: Measure;
  readonly range: RangeName;
  readonly onShowAll: () => void;
}): ReactNode {
  const { texts, locale } = usePreferences();
  const { transactions, rangeShown } = live;
  if (transactions === undefined) return <Skeleton active title={false} paragraph={{ rows: 8 }} />;
  if (!transactions.ready) {
    const [title, detail] = texts.notReady[transactions.reason ?? 'no-table'];
    return <Result className="card-result" status="info" title={title} subTitle={detail} />;
  }
  const stale = rangeShown !== RANGES[range];
  if (transactions.total.deals === 0 && !stale)
    return <NothingInRange transactions={transactions} onShowAll={onShowAll} />;
  const summary = texts.chartSummary(
    formatCount(transactions.total.deals, locale),
    formatMoneyShort(Number(transactions.total.value), transactions.currency, locale),
  );
  return (
    <div className={stale ? 'stale' : undefined} aria-busy={stale}>
      <Legend transactions={transactions} measure={measure} />
      <div role="img" aria-label={summary} className="chart">
        <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 7 }} />}>
          <TransactionsChart transactions={transactions} measure={measure} />
        </Suspense>
      </div>
    </div>
  );
}

/** The transactions chart with its switches; range and measure stand in the URL. */
export function TransactionsCard({ live }: { readonly live: LiveView }): ReactNode {
  const { texts } = usePreferences();
  const [rangeText, setRange] = useUrlState('range');
  const [measureText, setMeasure] = useUrlState('measure');
  const range = rangeOf(rangeText);
  const measure = measureOf(measureText);
  const unit = live.transactions?.unit;
  return (
    <section className="card transactions" aria-labelledby="transactions-title">
      <div className="card-head">
        <h2 id="transactions-title">
          {texts.transactions}
          {unit !== undefined && <small className="quiet">{texts.perUnit[unit]}</small>}
        </h2>
        <div className="card-switches">
          <Segmented<Measure>
            aria-label={texts.measure}
            value={measure}
            onChange={(next) => setMeasure(next === 'deals' ? null : next)}
            options={[
              { value: 'deals', label: texts.measureDeals },
              { value: 'value', label: texts.measureValue },
            ]}
          />
          <Segmented<RangeName>
            aria-label={texts.range}
            value={range}
            onChange={(next) => setRange(next === '1h' ? null : next)}
            options={RANGE_NAMES.map((name) => ({ value: name, label: texts.ranges[name] }))}
          />
        </div>
      </div>
      <Picture live={live} measure={measure} range={range} onShowAll={() => setRange('all')} />
    </section>
  );
}
