import type { TypeKind } from '../../values/data-type.ts';
import { durationMs } from '../duration.ts';
import { shownType } from '../shown-type.ts';
import type { ConnectorDescription, DeclaredTable, TableProblem } from './description.ts';

/** Rows that are made up. Source of names, defaults and types: Flink's documentation, "DataGen SQL Connector". */
export const datagen: ConnectorDescription = {
  name: 'datagen',
  about: 'Rows that are made up: random values or sequences.',
  options: [
    {
      key: 'rows-per-second',
      value: { kind: 'integer', min: 1, max: 100_000_000 },
      default: '10000',
      about: 'How many rows come in a second.',
    },
    {
      key: 'number-of-rows',
      value: { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER },
      about: 'How many rows come in all; without end by default.',
    },
    {
      key: 'fields.*.kind',
      value: { kind: 'one-of', values: ['random', 'sequence'] },
      about: 'How the values of a column are made: random by default.',
    },
    { key: 'fields.*.min', value: { kind: 'text' }, about: 'Least random number.' },
    { key: 'fields.*.max', value: { kind: 'text' }, about: 'Largest random number.' },
    {
      key: 'fields.*.max-past',
      value: { kind: 'duration' },
      about: 'How far in the past a random time may be; now by default.',
    },
    {
      key: 'fields.*.length',
      value: { kind: 'integer', min: 1, max: 1_000_000 },
      about: 'Length of a random text, or number of elements; 100 by default.',
    },
    { key: 'fields.*.var-len', value: { kind: 'boolean' }, about: 'Whether the length varies up to that.' },
    {
      key: 'fields.*.null-rate',
      value: { kind: 'number', min: 0, max: 1 },
      about: 'The share of values that are NULL.',
    },
    { key: 'fields.*.start', value: { kind: 'text' }, about: 'First value of a sequence.' },
    { key: 'fields.*.end', value: { kind: 'text' }, about: 'Last value of a sequence; rows end with it.' },
  ],
  formats: [],
  metadata: [],
  source: {
    bounded: (options) =>
      options['number-of-rows'] !== undefined ||
      Object.entries(options).some(([key, value]) => /^fields\..*\.kind$/.test(key) && value === 'sequence'),
  },
  refused: [['scan.parallelism', 'leave it out: a run is one process']],
  check,
};

/** Types that a sequence may have. */
const SEQUENCE_TYPES: readonly TypeKind[] = [
  'CHAR',
  'VARCHAR',
  'DECIMAL',
  'TINYINT',
  'SMALLINT',
  'INT',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
];
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function check(table: DeclaredTable): TableProblem | undefined {
  const { options, columns } = table;
  for (const key of Object.keys(options)) {
    const match = /^fields\.(.+)\.([a-z-]+)$/.exec(key);
    if (match === null) continue;
    const [, path = '', what = ''] = match;
    const [name] = path.split('.');
    const column = columns.find((candidate) => candidate.name === path || candidate.name === name);
    if (column === undefined || column.kind !== 'physical')
      return {
        at: { option: key },
        message: `there is no column ${path} that '${key}' could be for`,
        hint: `there is: ${columns
          .filter(({ kind }) => kind === 'physical')
          .map((each) => each.name)
          .join(', ')}`,
      };
    const value = options[key] ?? '';
    if (['min', 'max', 'start', 'end'].includes(what) && !NUMBER.test(value))
      return { at: { option: key }, message: `'${value}' is not a number`, hint: `for example '${key}' = '1'` };
    if (what === 'max-past' && durationMs(value) === undefined)
      return { at: { option: key }, message: `'${value}' is not a duration`, hint: "for example '1 h'" };
    const isSequence = options[`fields.${path}.kind`] === 'sequence';
    if (isSequence !== (what === 'start' || what === 'end') && what !== 'kind')
      return {
        at: { option: key },
        message: `'${key}' has no effect on a ${isSequence ? 'sequence' : 'random column'}`,
        hint: isSequence ? "a sequence has 'start' and 'end'" : `add 'fields.${path}.kind' = 'sequence'`,
      };
    if (what === 'kind' && isSequence && !SEQUENCE_TYPES.includes(column.type.kind))
      return {
        at: { option: key },
        message: `a sequence of ${shownType(column.type)} does not exist`,
        hint: 'numbers and texts can be one',
      };
    if (what === 'kind' && isSequence) {
      const lacking = ['start', 'end'].find((end) => options[`fields.${path}.${end}`] === undefined);
      if (lacking !== undefined)
        return {
          at: { option: key },
          message: `a sequence needs 'fields.${path}.${lacking}'`,
          hint: `add 'fields.${path}.start' = '1' and 'fields.${path}.end' = '1000'`,
        };
    }
  }
  return undefined;
}
