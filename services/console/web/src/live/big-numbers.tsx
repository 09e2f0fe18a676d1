import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons';
import type { Transactions } from '@hermes/contracts/console-api';
import { Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { usePreferences } from '../app/preferences.tsx';
import { change, formatCount, formatMoneyShort, formatShare } from '../format/numbers.ts';
import { MovingNumber } from './moving-number.tsx';

interface BigNumberProps {
  readonly id: string;
  readonly title: string;
  readonly now: number;
  readonly before: number;
  readonly compared: string;
  readonly format: (value: number) => string;
}

function Difference({ now, before, compared }: Pick<BigNumberProps, 'now' | 'before' | 'compared'>): ReactNode {
  const { texts, locale } = usePreferences();
  const share = change(now, before);
  if (share === null) return <span className="quiet">{texts.nothingToCompare}</span>;
  if (share === 0) return <span className="quiet">{texts.same}</span>;
  return (
    <span className="quiet">
      <span className={share > 0 ? 'up' : 'down'}>
        {share > 0 ? <ArrowUpOutlined aria-label="+" /> : <ArrowDownOutlined aria-label="−" />}{' '}
        {formatShare(share, locale)}
      </span>{' '}
      {compared}
    </span>
  );
}

const BigNumber = ({ id, title, now, before, compared, format }: BigNumberProps): ReactNode => (
  <div className="card big-number">
    <dt>{title}</dt>
    <dd>
      <span className="big-number-value" data-figure={id} data-value={now}>
        <MovingNumber value={now} format={format} />
      </span>
      <Difference now={now} before={before} compared={compared} />
    </dd>
  </div>
);

/** The four headlines: deals and value, of today and of the last hour, each with what it is compared with. */
export function BigNumbers({
  transactions,
  currency,
}: {
  readonly transactions: Transactions | undefined;
  readonly currency: string;
}): ReactNode {
  const { texts, locale } = usePreferences();
  if (transactions === undefined) {
    return (
      <div className="big-numbers">
        {[0, 1, 2, 3].map((i) => (
          <div key={i} className="card big-number">
            <Skeleton active title={{ width: '40%' }} paragraph={{ rows: 1, width: '70%' }} />
          </div>
        ))}
      </div>
    );
  }
  const { today, yesterdayByNow, lastHour, hourBefore } = transactions;
  const count = (value: number): string => formatCount(Math.round(value), locale);
  const money = (value: number): string => formatMoneyShort(value, currency, locale);
  const day = { compared: texts.againstYesterday };
  const hour = { compared: texts.againstHourBefore };
  return (
    <dl className="big-numbers">
      <BigNumber
        id="deals-today"
        title={texts.dealsToday}
        now={today.deals}
        before={yesterdayByNow.deals}
        {...day}
        format={count}
      />
      <BigNumber
        id="value-today"
        title={texts.valueToday}
        now={Number(today.value)}
        before={Number(yesterdayByNow.value)}
        {...day}
        format={money}
      />
      <BigNumber
        id="deals-hour"
        title={texts.dealsLastHour}
        now={lastHour.deals}
        before={hourBefore.deals}
        {...hour}
        format={count}
      />
      <BigNumber
        id="value-hour"
        title={texts.valueLastHour}
        now={Number(lastHour.value)}
        before={Number(hourBefore.value)}
        {...hour}
        format={money}
      />
    </dl>
  );
}
