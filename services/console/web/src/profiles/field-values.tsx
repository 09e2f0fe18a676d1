import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import type { Catalogue } from '../api/catalogue.ts';
import { usePreferences } from '../app/preferences.tsx';
import { formatNumber } from '../format/numbers.ts';
import { formatInstant } from '../format/times.ts';

const FEW = 10;

/** Units that have a sign of their own. */
const UNIT_SIGNS: Readonly<Record<string, string>> = { m2: 'm²', m3: 'm³', degrees: '°', percent: '%' };
export const readableUnit = (unit: string | undefined): string =>
  unit === undefined ? '' : (UNIT_SIGNS[unit] ?? unit);

const isInstant = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) && !Number.isNaN(Date.parse(text));

/** How values are read: the language, the project's clock, and the words of the business. */
export interface Reading {
  readonly locale: string;
  readonly timeZone: string;
  readonly words: Readonly<Record<string, string>>;
}

/** A JSON value as a person reads it. Decimal strings are numbers to people, instants are the project's. Pure. */
export function readable(value: unknown, reading: Reading): string {
  const { locale, timeZone, words } = reading;
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return formatNumber(value, locale);
  if (typeof value === 'boolean') return value ? '✓' : '✗';
  if (typeof value === 'string') {
    if (/^-?\d{1,15}\.\d+$/.test(value)) return formatNumber(Number(value), locale);
    return isInstant(value) ? formatInstant(value, timeZone, locale) : (words[value] ?? value);
  }
  if (Array.isArray(value)) return value.map((item) => readable(item, reading)).join(', ');
  return JSON.stringify(value);
}

interface Props {
  readonly catalogue: Catalogue;
  readonly type: string;
  readonly timeZone: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The data of one event: the catalogue's names, readable values, units. */
export function FieldValues({ catalogue, type, timeZone, data }: Props): ReactNode {
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
              {readable(value, { locale, timeZone, words: texts.line })}{' '}
              <span className="quiet">{readableUnit(catalogue.fieldUnit(type, field))}</span>
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
