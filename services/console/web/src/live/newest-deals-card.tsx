import type { ProjectView, Transactions } from '@hermes/contracts/console-api';
import type { ReactNode } from 'react';
import { useNow } from '../app/now.ts';
import { usePreferences } from '../app/preferences.tsx';
import { lineColour } from '../app/theme.ts';
import { useUrlState } from '../app/url-state.ts';
import { formatMoneyShort, formatNumber } from '../format/numbers.ts';
import { humanize } from '../format/words.ts';
import { formatAgo } from '../format/times.ts';

/** The newest deals as they come in; one click shows the profile behind a deal. */
export function NewestDealsCard({
  transactions,
  project,
}: {
  readonly transactions: Transactions | undefined;
  readonly project: ProjectView;
}): ReactNode {
  const { texts, theme, locale } = usePreferences();
  const [, setSubject] = useUrlState('subject', 'push');
  const now = useNow(1_000);
  const deals = transactions?.recent ?? [];
  if (deals.length === 0) return null;
  return (
    <section className="card newest-deals" aria-labelledby="newest-title">
      <div className="card-head">
        <h2 id="newest-title">{texts.newestDeals}</h2>
      </div>
      <ul className="deals">
        {deals.map((deal) => (
          <li key={deal.id}>
            <button type="button" onClick={() => setSubject(deal.subject)} title={texts.viewProfile}>
              <i style={{ background: lineColour(theme, deal.line) }} aria-hidden="true" />
              <span className="deal-words">
                <span>
                  {texts.line[deal.line] ?? deal.line} · {humanize(deal.district)}
                </span>
                <span className="quiet">
                  {deal.subject}
                  {deal.areaM2 > 0 && ` · ${texts.area(formatNumber(Math.round(deal.areaM2), locale))}`}
                </span>
              </span>
              <span className="deal-figures">
                <strong>{formatMoneyShort(Number(deal.price), project.currency, locale)}</strong>
                <time className="quiet" dateTime={deal.time}>
                  {formatAgo(deal.time, now, locale)}
                </time>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
