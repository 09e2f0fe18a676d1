import type { WebhookBody } from '@hermes/contracts/alert';

/** The way from the request's start to the webhook's arrival, hop by hop. */
export const HOPS = [
  ['request -> received', 'HTTP in, body read'],
  ['received -> accepted', 'inbox, dedup, schema'],
  ['accepted -> decided', 'events, rules'],
  ['decided -> alerted', 'decisions, read by alerting'],
  ['alerted -> sent', 'alert written, queued, picked'],
  ['sent -> arrived', 'HTTP out'],
] as const;

/** Milliseconds of each hop. The instants in the webhook have whole milliseconds, so a hop is right to 1 ms. */
export function hopsOf(startedMs: number, { timings }: WebhookBody, arrivedMs: number): readonly number[] {
  const { receivedAt, acceptedAt, decidedAt, alertedAt, sentAt } = timings;
  const instants = [
    startedMs,
    ...[receivedAt, acceptedAt, decidedAt, alertedAt, sentAt].map((at) => Date.parse(at ?? '')),
    arrivedMs,
  ];
  return instants.slice(1).map((at, i) => at - (instants[i] ?? Number.NaN));
}
