import { z } from 'zod';

/**
 * The body of `POST /v1/batch`. Source: Segment's HTTP Tracking API (batch); the write key comes as HTTP Basic's user name
 * or as `writeKey` in the body.
 */
export const SegmentBatch = z.looseObject({
  batch: z.array(z.unknown()).min(1).max(10_000),
  writeKey: z.string().optional(),
  sentAt: z.string().optional(),
});
export type SegmentBatch = z.infer<typeof SegmentBatch>;

const common = {
  messageId: z.string().min(1).max(256),
  userId: z.union([z.string(), z.number()]).optional(),
  anonymousId: z.string().optional(),
  timestamp: z.iso.datetime({ offset: true }).optional(),
  context: z.record(z.string(), z.unknown()).optional(),
};
const data = z.record(z.string(), z.unknown()).optional();

export const SegmentMessage = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('track'), event: z.string().min(1), properties: data, ...common }),
  z.looseObject({ type: z.literal('identify'), traits: data, ...common }),
  z.looseObject({ type: z.literal('page'), name: z.string().optional(), properties: data, ...common }),
  z.looseObject({ type: z.literal('screen'), name: z.string().optional(), properties: data, ...common }),
  z.looseObject({ type: z.literal('group'), groupId: z.string(), traits: data, ...common }),
  z.looseObject({ type: z.literal('alias'), previousId: z.string(), ...common }),
]);
export type SegmentMessage = z.infer<typeof SegmentMessage>;
