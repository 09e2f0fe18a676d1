import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import type { Catalogue } from '../api/catalogue.ts';
import { usePreferences } from '../app/preferences.tsx';
import { formatNumber } from '../format/numbers.ts';

const FEW = 6;

/** A JSON value as a person reads it. Decimal strings are numbers to people. */
export function readable(value: unknown, locale: string): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return formatNumber(value, locale);
  if (typeof value === 'boolean') return value ? '✓' : '✗';
  if (typeof value === 'string') return /^-?\d{4,}(\.\d+)?$/.test(value) ? formatNumber(Number(value), locale) : value;
  if (Array.isArray(value)) return value.map((item) => readable(item, locale)).join(', ');
  return JSON.stringify(value);
}

interface Props {
  readonly catalogue: Catalogue;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The data of one event: the catalogue's names, readable values, units. */
export function FieldValues({ catalogue, type, data }: Props): ReactNode {
  const { texts, locale } = usePreferences();
  const [all, setAll] = useState(false);
  const fields = Object.entries(data);
  if (fields.length === 0) return <p className="quiet">{texts.noFields}</p>;
  const shown = all ? fields : fields.slice(0, FEW);
  return (
    <>
      <dl className="fields">
        {shown.map(([field, value]) => (
          <div key={field}>
            <dt title={field}>{catalogue.fieldTitle(type, field)}</dt>
            <dd>
              {readable(value, locale)} <span className="quiet">{catalogue.fieldUnit(type, field)}</span>
            </dd>
          </div>
        ))}
      </dl>
      {fields.length > FEW && (
        <Button type="link" size="small" className="more" onClick={() => setAll(!all)}>
          {all ? texts.showLess : texts.moreFields(fields.length - FEW)}
        </Button>
      )}
    </>
  );
}
