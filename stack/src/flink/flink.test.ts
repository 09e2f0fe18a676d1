import { describe, expect, test } from 'vitest';
import { flinkConfiguration, taskManagerMemory } from './configuration.ts';
import { innermostCause, typeText, type LogicalType } from './sql-gateway.ts';

const mebibytes = (text: string | undefined): number => Number(/^(\d+)m$/.exec(text ?? '')?.[1]);

test('the parts of a TaskManager come to the memory that it was given', () => {
  const { heapMb, settings } = taskManagerMemory({ memoryMb: 6_144, slots: 1 });
  const parts = Object.entries(settings).filter(([name]) => /memory\./.test(name) && !name.endsWith('.min'));
  expect(parts.reduce((sum, [, size]) => sum + mebibytes(size), 0)).toBe(6_144);
  expect(heapMb).toBeGreaterThan(5_000);
});

test('a TaskManager with too little memory is refused with what it needs', () => {
  expect(() => taskManagerMemory({ memoryMb: 600, slots: 8 })).toThrow(/8 slots needs at least 1\d\d\d MiB, not 600/);
});

test('a quote in a setting stays inside its value', () => {
  const text = flinkConfiguration({ rpc: 1, rest: 2, gateway: 3 }, 'data', { 'a.b': "it's" });
  expect(text).toContain("a.b: 'it''s'\n");
});

describe('the innermost cause of a failure is what a person is told', () => {
  test.each([
    [
      'with its stack left out',
      'java.lang.RuntimeException: outer\n\tat a.b(C.java:1)\nCaused by: java.lang.ArithmeticException: Division by zero\n\tat d.e(F.java:2)\n\t... 3 more',
      'java.lang.ArithmeticException: Division by zero',
    ],
    [
      'with all lines of its message',
      'x\nCaused by: ValidationException: options are missing:\n\nconnector\n\tat a.b(C.java:1)',
      'ValidationException: options are missing:\n\nconnector',
    ],
    ['also when there is only one', 'IllegalState: no', 'IllegalState: no'],
  ])('%s', (_, stack, cause) => {
    expect(innermostCause(JSON.stringify({ errors: ['Internal server error.', stack] }))).toBe(cause);
  });
});

describe('a type reads as in SQL', () => {
  const int: LogicalType = { type: 'INTEGER', nullable: true };
  const cases: [LogicalType, string][] = [
    [{ type: 'DECIMAL', nullable: false, precision: 10, scale: 2 }, 'DECIMAL(10, 2) NOT NULL'],
    [{ type: 'VARCHAR', nullable: true, length: 2_147_483_647 }, 'STRING'],
    [{ type: 'VARCHAR', nullable: true, length: 5 }, 'VARCHAR(5)'],
    [{ type: 'TIMESTAMP_WITH_LOCAL_TIME_ZONE', nullable: true, precision: 3 }, 'TIMESTAMP_LTZ(3)'],
    [{ type: 'MAP', nullable: true, keyType: { ...int, nullable: false }, valueType: int }, 'MAP<INT NOT NULL, INT>'],
    [{ type: 'ROW', nullable: true, fields: [{ name: 'a', fieldType: int }] }, 'ROW<a INT>'],
  ];
  test.each(cases)('%j is %s', (type, text) => expect(typeText(type)).toBe(text));
});
