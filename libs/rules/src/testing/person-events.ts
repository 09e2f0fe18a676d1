import type { HermesEvent } from '@hermes/contracts/event';
import type { Feature, FeatureCompute } from '@hermes/contracts/feature';

/** An event of type `a`. */
export const hermesEvent = (data: Readonly<Record<string, unknown>>): HermesEvent => ({
  specversion: '1.0',
  id: 'e-9',
  source: '/test',
  type: 'a',
  subject: 'broker:b-1',
  time: '2026-03-02T00:00:00.000Z',
  receivedat: '2026-03-02T00:00:00.000Z',
  project: 'demo',
  data: { ...data },
});

/** What rules are told of a published feature. */
export const featureOf = (id: string, compute: FeatureCompute): Pick<Feature, 'id' | 'compute'> => ({ id, compute });
