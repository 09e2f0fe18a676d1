import { ProjectDraft } from '@hermes/contracts/console-api';
import { expect, test } from 'vitest';
import { DEMO_DRAFT } from './load.ts';

test('the marks of the demo city at its usual rate take little memory of the cache server', () => {
  const { dedupWindowMs } = ProjectDraft.parse(DEMO_DRAFT);
  const eventsASecond = 50;
  const bytesAMark = 180;
  expect((dedupWindowMs / 1_000) * eventsASecond * bytesAMark).toBeLessThan(50_000_000);
});
