import type { ProjectView, Transactions } from '@hermes/contracts/console-api';
import type { ReactNode } from 'react';
import { usePreferences } from '../app/preferences.tsx';
import { humanize } from '../format/words.ts';
import { formatCount, formatMoneyShort } from '../format/numbers.ts';

/** The districts of the range by value; not there while there is nothing to rank. */
export function DistrictsCard({
  transactions,
  project,
}: {
  readonly transactions: Transactions | undefined;
  readonly project: ProjectView;
}): ReactNode {
  const { texts, locale } = usePreferences();
  const districts = transactions?.districts ?? [];
  const most = Math.max(1, ...districts.map(({ value }) => Number(value)));
  if (districts.length === 0) return null;
  const money = (value: string): string => formatMoneyShort(Number(value), project.currency, locale);
  return (
    <section className="card districts" aria-labelledby="districts-title">
      <div className="card-head">
        <h2 id="districts-title">{texts.districts}</h2>
      </div>
      <ol className="ranking ranking-wide">
        {districts.map(({ district, deals, value, averagePrice }) => (
          <li key={district}>
            <span className="ranking-bar" style={{ width: `${(100 * Number(value)) / most}%` }} aria-hidden="true" />
            <span className="ranking-name">{humanize(district)}</span>
            <span className="quiet">
              {texts.deals(deals, formatCount(deals, locale))} · {texts.averagePrice(money(averagePrice))}
            </span>
            <strong>{money(value)}</strong>
          </li>
        ))}
      </ol>
    </section>
  );
}
