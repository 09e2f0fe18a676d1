import type { Feature } from '@hermes/contracts/feature';
import type { Schema } from './event-schema.ts';

const COUNT: Schema = { type: 'integer' };
const NUMBER: Schema = { type: ['number', 'null'] };
const LIST: Schema = { type: 'array' };
const PLACE: Schema = {
  type: ['object', 'null'],
  properties: { longitude: { type: 'number' }, latitude: { type: 'number' } },
  additionalProperties: false,
};
const UNTOLD: Schema = {};

/** What is known of a feature's values; of those that are taken from events as they stand there nothing is. */
export function featureSchema({ compute }: Pick<Feature, 'compute'>): Schema {
  switch (compute.kind) {
    case 'count':
    case 'distinct-count':
      return COUNT;
    case 'sum':
    case 'avg':
    case 'min':
    case 'max':
    case 'ratio':
    case 'rate':
    case 'ewma':
    case 'time-since':
      return NUMBER;
    case 'last-n':
    case 'top-k':
      return LIST;
    case 'geo-centroid':
      return PLACE;
    case 'first':
    case 'last':
      return UNTOLD;
    case 'set':
    case 'set-once': {
      const { writable } = compute;
      if (writable === undefined || compute.path !== undefined) return UNTOLD;
      return writable.allowed === undefined ? { type: [writable.type, 'null'] } : { enum: [...writable.allowed, null] };
    }
  }
}
