import { shownType } from '../shown-type.ts';
import { SETTINGS } from '../settings.ts';
import { CONNECTORS } from './catalogue.ts';
import type { ConnectorDescription, OptionDescription, OptionValue } from './description.ts';

/** docs/sql-tables.md: every connector with its options, and every setting, from the descriptions by which texts are checked. */
export function tablesPage(): string {
  const settings = Object.entries(SETTINGS).map(
    ([key, { fallback, about }]) => `| \`${key}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${cell(about)} |`,
  );
  return [
    '# Tables of streaming SQL: connectors, options and settings',
    '',
    'Printed from the descriptions by which texts are checked (`libs/stream-sql/src/planner`). Options and settings that are not here are refused, with their place',
    'in the text and what to write instead.',
    ...CONNECTORS.flatMap(connectorLines),
    '',
    '## Settings',
    '',
    "`SET 'key' = 'value';` before the INSERT, `RESET 'key';` takes it back.",
    '',
    '| setting | default | what it says |',
    '|---|---|---|',
    ...settings,
    '',
  ].join('\n');
}

function connectorLines(connector: ConnectorDescription): readonly string[] {
  const { name, about, options, formats, metadata } = connector;
  const columns = metadata.map(
    ({ key, type, writable }) => `\`${key}\` ${shownType(type)}${writable ? ' (also written)' : ''}`,
  );
  return [
    '',
    `## \`'connector' = '${name}'\``,
    '',
    `${about} ${roles(connector)}`,
    ...(columns.length === 0 ? [] : ['', `METADATA columns: ${columns.join(', ')}.`]),
    ...optionTable(options),
    ...formats.flatMap((format) => ['', `With \`'format' = '${format.name}'\`:`, ...optionTable(format.options)]),
  ];
}

function roles({ source, sink, lookup }: ConnectorDescription): string {
  const takes = {
    append: 'new rows only',
    upsert: 'rows that replace each other by the primary key',
    retract: 'any changes',
  };
  const found = [
    ...(source === undefined ? [] : ['It is read (FROM).']),
    ...(lookup === undefined
      ? []
      : [`It is looked up (FOR SYSTEM_TIME AS OF), by ${lookup.keys === 'any' ? 'any columns' : 'its primary key'}.`]),
    ...(sink === undefined ? [] : [`It is written (INSERT INTO), and takes ${takes[sink.accepts]}.`]),
  ];
  return found.join(' ');
}

function optionTable(options: readonly OptionDescription[]): readonly string[] {
  if (options.length === 0) return ['', 'It has no options.'];
  return [
    '',
    '| option | values | default | what it says |',
    '|---|---|---|---|',
    ...options.map((option) => {
      const needed =
        option.required === undefined ? '' : `needed where it is ${option.required.map(USED).join(' or ')}`;
      const fallback = option.default === undefined ? needed : `\`${option.default}\``;
      const about =
        option.platform === true ? `${option.about} The platform's own in a project, and refused there.` : option.about;
      return `| \`${option.key}\` | ${values(option.value)} | ${fallback} | ${cell(about)} |`;
    }),
  ];
}

const USED = (role: 'source' | 'sink' | 'lookup'): string =>
  ({ source: 'read', sink: 'written', lookup: 'looked up' })[role];

function values(value: OptionValue): string {
  switch (value.kind) {
    case 'one-of':
      return value.values.map((each) => `\`${each}\``).join(', ');
    case 'boolean':
      return '`true`, `false`';
    case 'text':
      return value.example === undefined ? 'text' : `text, for example \`${value.example}\``;
    case 'integer':
      return 'a whole number';
    case 'number':
      return `a number from ${value.min} to ${value.max}`;
    case 'duration':
      return 'a duration: `5 s`, `1 min`';
  }
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
