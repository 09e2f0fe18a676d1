import type { EventType } from '@hermes/contracts/event-type';
import type { Language } from '@hermes/contracts/language';
import { PLATFORM_TYPES } from '@hermes/contracts/platform-types';
import type { SqlCatalog } from '@hermes/contracts/sql-catalog';
import { printName, printString } from '@hermes/stream-sql/syntax/print-name';
import { z } from 'zod';
import { type EventField, eventFields, type FieldType } from './event-columns.ts';
import { fieldsBeside } from './shared-topic.ts';

const ALL_EVENTS = 'events';

export type EventTable = NonNullable<SqlCatalog['eventTypes']>[number];

const ENVELOPE = [
  ['id', 'STRING', { en: 'Id: with source it is unique', zh: '编号，与来源一起唯一' }],
  ['source', 'STRING', { en: 'Who sent it', zh: '来源' }],
  ['type', 'STRING', { en: 'Event type', zh: '事件类型' }],
  ['subject', 'STRING', { en: 'The entity that it is about', zh: '主体' }],
  ['time', 'TIMESTAMP_LTZ(3)', { en: 'When it happened', zh: '发生时间' }],
  ['receivedat', 'TIMESTAMP_LTZ(3)', { en: 'When Hermes received it', zh: '接收时间' }],
] as const;
const METADATA = [
  ['event_partition', 'INT', 'partition'],
  ['event_offset', 'BIGINT', 'offset'],
] as const;
const SHOWN_OF_ENVELOPE = ['id', 'subject', 'time', 'receivedat'];

/** Fields of the platform's own types: every project's topic has them. */
const PLATFORM_FIELDS = [...PLATFORM_TYPES.values()].map((schema) =>
  eventFields(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as Readonly<Record<string, unknown>>),
);

/** A table and a view for each event type of a project, by their names; comments are in the language. */
export function eventTables(types: readonly EventType[], language: Language): readonly EventTable[] {
  const fields = new Map(types.map((type) => [type.type, eventFields(type.schema)]));
  const names = new Set([ALL_EVENTS]);
  return types
    .toSorted((a, b) => (a.type < b.type ? -1 : 1))
    .map((type) => {
      const own = fields.get(type.type)!;
      const others = [...fields].filter(([name]) => name !== type.type).map(([, each]) => each);
      return eventTable(type, own, fieldsBeside(own, [...others, ...PLATFORM_FIELDS]), names, language);
    });
}

/** Every event, whatever its type. */
export function allEventsTable(language: Language): SqlCatalog['events'] {
  return {
    table: ALL_EVENTS,
    createTable: createTable(ALL_EVENTS, `data STRING${comment(JSON_TEXT[language])}`, language),
  };
}

const JSON_TEXT = {
  en: "JSON: read it with JSON_VALUE(data, '$.field')",
  zh: "JSON 文本，用 JSON_VALUE(data, '$.字段') 读取",
};

function eventTable(
  { type, version, title, description }: EventType,
  fields: readonly EventField[],
  declared: readonly EventField[],
  names: Set<string>,
  language: Language,
): EventTable {
  const view = nameFor(type, names);
  const table = nameFor(`${view}_${ALL_EVENTS}`, names);
  const data =
    declared.length === 0
      ? `data STRING${comment(JSON_TEXT[language])}`
      : `data ROW<\n${declared.map((field) => `    ${fieldText(field, language)}`).join(',\n')}\n  >`;
  const columns = viewColumns(fields, declared);
  const shown = columns.map(({ name, expression }) =>
    expression === printName(name) ? expression : `${expression} AS ${printName(name)}`,
  );
  const lines = [
    `CREATE VIEW ${printName(view)} AS`,
    'SELECT',
    `  ${shown.join(',\n  ')}`,
    `FROM ${printName(table)}`,
    `WHERE ${printName('type')} = ${printString(type)};`,
  ];
  return {
    type,
    version,
    title,
    description,
    table,
    createTable: `-- ${oneLine(title[language])}: ${oneLine(description[language])}\n${createTable(table, data, language)}`,
    view,
    createView: lines.join('\n'),
    columns: columns.map(({ name, type: of, title: titled, unit }) => ({ name, type: of, title: titled, unit })),
  };
}

function createTable(name: string, data: string, language: Language): string {
  const columns = [
    ...ENVELOPE.map(([column, type, title]) => `${printName(column)} ${type}${comment(title[language])}`),
    data,
    ...METADATA.map(([column, type, key]) => `${column} ${type} METADATA FROM '${key}' VIRTUAL`),
    `WATERMARK FOR receivedat AS receivedat - INTERVAL '5' SECOND`,
  ];
  return `CREATE TABLE ${printName(name)} (
  ${columns.join(',\n  ')}
) WITH (
  'connector' = 'kafka',
  'topic' = '\${project}.events',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);`;
}

interface ViewColumn {
  readonly name: string;
  readonly expression: string;
  readonly type: string;
  readonly title: EventField['title'];
  readonly unit: string | null;
}

/** Columns of the envelope and fields of `data`, each under a name of its own. */
function viewColumns(fields: readonly EventField[], declared: readonly EventField[]): readonly ViewColumn[] {
  const ofEnvelope = ENVELOPE.filter(([name]) => SHOWN_OF_ENVELOPE.includes(name)).map(
    ([name, type, title]): ViewColumn => ({ name, expression: printName(name), type, title, unit: null }),
  );
  const taken = new Set(ofEnvelope.map(({ name }) => name));
  if (fields.length === 0)
    return [...ofEnvelope, { name: 'data', expression: 'data', type: 'STRING', title: null, unit: null }];
  const ofData = fields.map((field, i): ViewColumn => {
    const name = taken.has(field.name) ? nameFor(`data_${field.name}`, taken) : field.name;
    taken.add(name);
    const path = `data.${printName(field.name)}`;
    const at = declared[i]!.type;
    const back = isText(at) && !isText(field.type) && isCastFromText(field.type);
    return {
      name,
      expression: back ? `TRY_CAST(${path} AS ${typeText(field.type)})` : path,
      type: typeText(back ? field.type : at),
      title: field.title,
      unit: field.unit,
    };
  });
  return [...ofEnvelope, ...ofData];
}

const isText = (type: FieldType): boolean => type.kind === 'simple' && type.name === 'STRING';
/** JSON's text of such a value is the text that CAST reads. */
const isCastFromText = (type: FieldType): boolean =>
  type.kind === 'decimal' || (type.kind === 'simple' && type.name !== 'TIMESTAMP_LTZ(3)');

const fieldText = ({ name, type, title, unit }: EventField, language: Language): string => {
  const said = [title?.[language] ?? '', unit === null ? '' : `(${unit})`].filter((part) => part !== '').join(' ');
  return `${printName(name)} ${typeText(type)}${said === '' ? '' : ` ${printString(oneLine(said))}`}`;
};

function typeText(type: FieldType): string {
  switch (type.kind) {
    case 'simple':
      return type.name;
    case 'decimal':
      return `DECIMAL(18, ${type.scale})`;
    case 'array':
      return `ARRAY<${typeText(type.element)}>`;
    case 'map':
      return `MAP<STRING, ${typeText(type.value)}>`;
    case 'row':
      return `ROW<${type.fields.map((field) => `${printName(field.name)} ${typeText(field.type)}`).join(', ')}>`;
  }
}

const comment = (text: string): string => ` COMMENT ${printString(text)}`;
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** A name that no other has, of letters, digits and `_`; it is taken with this. */
function nameFor(text: string, taken: Set<string>): string {
  const base = text.replaceAll(/[^\p{L}\p{N}_]+/gu, '_');
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}_${n}`;
  taken.add(name);
  return name;
}
