import { expect, test } from 'vitest';
import { planScript } from './plan-script.ts';
import { TABLES } from './testing/tables.ts';

test.each([
  ['a text that says nothing leaves the interval to its job', '', null],
  ['the shortest interval', "SET 'execution.checkpointing.interval' = '100 ms';", 100],
  ['units as Flink has them', "SET 'execution.checkpointing.interval' = '10min';", 600_000],
  [
    'what is taken back is the job’s again',
    "SET 'execution.checkpointing.interval' = '5 s'; RESET 'execution.checkpointing.interval';",
    null,
  ],
  ['a mode changes nothing in the plan', "SET 'execution.checkpointing.mode' = 'AT_LEAST_ONCE';", null],
])('%s', (_, settings, expected) => {
  const planned = planScript(`${TABLES}${settings} INSERT INTO cache SELECT b, COUNT(*) FROM t GROUP BY b;`, {
    project: null,
  });
  if (planned.kind === 'refused') expect.unreachable(JSON.stringify(planned.problems));
  expect(planned.plan?.settings.checkpointIntervalMs).toBe(expected);
});

test.each(['99 ms', '11 min', 'soon', '-1 s'])('an interval of %s is refused, with what to write', (interval) => {
  const planned = planScript(`SET 'execution.checkpointing.interval' = '${interval}';`, { project: null });
  expect(planned).toMatchObject({
    kind: 'refused',
    problems: [{ hint: "write a duration from '100 ms' to '10 min'" }],
  });
});
