import type { SqlCatalog } from '@hermes/contracts/sql-catalog';
import { functionCatalogue } from '@hermes/stream-sql/builtin/function-catalogue';
import { CONNECTORS } from '@hermes/stream-sql/planner/connectors/catalogue';
import type { ConnectorDescription, OptionDescription } from '@hermes/stream-sql/planner/connectors/description';
import { SETTINGS } from '@hermes/stream-sql/planner/settings';
import { shownType } from '@hermes/stream-sql/planner/shown-type';
import { RESERVED_WORDS } from '@hermes/stream-sql/syntax/reserved-words';
import { canRun } from '../connectors/make-connectors.ts';

type Language = Omit<SqlCatalog, 'eventTypes' | 'events'>;
type Option = Language['connectors'][number]['options'][number];
type Use = Language['connectors'][number]['usedAs'][number];

const TYPES: Language['types'] = [
  { name: 'STRING', about: 'A text of any length.' },
  { name: 'CHAR(n)', about: 'A text of exactly n characters.' },
  { name: 'VARCHAR(n)', about: 'A text of at most n characters.' },
  { name: 'BOOLEAN', about: 'TRUE or FALSE.' },
  { name: 'TINYINT', about: 'A whole number of 8 bits.' },
  { name: 'SMALLINT', about: 'A whole number of 16 bits.' },
  { name: 'INT', about: 'A whole number of 32 bits.' },
  { name: 'BIGINT', about: 'A whole number of 64 bits.' },
  { name: 'DECIMAL(p, s)', about: 'An exact number of p digits, s of them behind the point: money.' },
  { name: 'FLOAT', about: 'An approximate number of 32 bits.' },
  { name: 'DOUBLE', about: 'An approximate number of 64 bits.' },
  { name: 'DATE', about: 'A day.' },
  { name: 'TIME(p)', about: 'A time of day.' },
  { name: 'TIMESTAMP(p)', about: 'A day and a time on the wall, without a zone.' },
  { name: 'TIMESTAMP_LTZ(p)', about: 'An instant, shown in the local time zone.' },
  { name: 'BYTES', about: 'Bytes of any length.' },
  { name: 'BINARY(n)', about: 'Exactly n bytes.' },
  { name: 'VARBINARY(n)', about: 'At most n bytes.' },
  { name: 'ARRAY<t>', about: 'Elements in their order.' },
  { name: 'MAP<k, v>', about: 'Values by their keys.' },
  { name: 'MULTISET<t>', about: 'Elements with their counts.' },
  { name: 'ROW<name t, ...>', about: 'Named fields.' },
];

function usesOf({ name, source, sink, lookup }: ConnectorDescription): Use[] {
  const described: readonly (readonly [Use, unknown, Parameters<typeof canRun>[0]])[] = [
    ['source', source, 'source'],
    ['sink', sink, 'sink'],
    ['lookup', lookup, 'lookup-join'],
  ];
  return described.flatMap(([use, there, kind]) => (there !== undefined && canRun(kind, name) ? [use] : []));
}

/** Those that mean the outside world are the platform's own in a project. */
const optionsOf = (options: readonly OptionDescription[]): Option[] =>
  options.filter(({ platform }) => platform !== true).map(optionOf);

const optionOf = ({ key, value, about, default: fallback, required }: OptionDescription): Option => ({
  key,
  about,
  takes: value.kind,
  values: value.kind === 'one-of' ? [...value.values] : value.kind === 'boolean' ? ['true', 'false'] : [],
  example: value.kind === 'text' ? (value.example ?? null) : null,
  default: fallback ?? null,
  required: [...(required ?? [])],
});

/** What an editor completes from, but for the project's own tables: as the texts are checked. */
export const LANGUAGE: Language = {
  functions: functionCatalogue().map((one) => ({ ...one })),
  connectors: CONNECTORS.map((connector) => ({
    name: connector.name,
    about: connector.about,
    usedAs: usesOf(connector),
    options: optionsOf(connector.options),
    formats: connector.formats.map(({ name, options }) => ({ name, options: optionsOf(options) })),
    metadata: connector.metadata.map(({ key, type, writable }) => ({ key, type: shownType(type), writable })),
  })).filter(({ usedAs }) => usedAs.length > 0),
  settings: Object.entries(SETTINGS).map(([key, { fallback, about }]) => ({ key, default: fallback, about })),
  types: TYPES,
  reservedWords: [...RESERVED_WORDS],
};
