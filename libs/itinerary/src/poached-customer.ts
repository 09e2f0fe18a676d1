import { z } from 'zod';
import { type Check, nothing } from './check.ts';
import { type Finding, pointShape, spoken } from './finding.ts';
import { numberField, parametersSchema, text } from './parameters.ts';
import { stateCodec } from './state-codec.ts';

const fields = {
  withinDays: numberField(text('Another broker shows it again within', '其他经纪人再次带看的期限'), 'days', {
    default: 30,
    min: 1,
    max: 365,
  }),
} as const;

const state = z.strictObject({
  /** Each broker's last showing of this listing to this customer, the one seen longest ago first. */
  showings: z.array(z.strictObject({ brokerId: z.string(), showingId: z.string(), startedAtMs: z.number() })),
});

const MAX_BROKERS = 16;
const DAY_MS = 86_400_000;
/** Two showings at one instant are this far apart: a showing takes some minutes. */
const LEAST_DAYS = 1 / 1_440;

/**
 * Two brokers show one listing to one customer: the later one took the customer over. Showings may arrive in either order; whose was first is told by
 * when they began.
 */
export const poachedCustomer: Check<z.infer<typeof state>, typeof fields> = {
  kind: 'poached-customer',
  title: text('Customer poached', '抢客'),
  description: text(
    'Another broker shows the same listing to the same customer within a period.',
    '另一名经纪人在期限内向同一客户带看同一房源。',
  ),
  fields,
  parameters: parametersSchema(fields),
  observes: ['showing'],
  keyOf: (observation) =>
    observation.kind === 'showing' ? `listing:${observation.listingId}|customer:${observation.customerId}` : undefined,
  initial: { showings: [] },
  codec: stateCodec('poached-customer', 1, state),
  observe(before, observation, { withinDays }) {
    if (observation.kind !== 'showing') return nothing(before);
    const { brokerId, showingId, listingId, customerId, startedAtMs, listingPosition } = observation;
    const now = { brokerId, showingId, startedAtMs };
    const own = before.showings.find((other) => other.brokerId === brokerId);
    const others = before.showings.filter((other) => other !== own);
    const newest = own !== undefined && own.startedAtMs > startedAtMs ? own : now;
    const showings = [...others, newest].slice(-MAX_BROKERS);
    // A second showing by the same broker is told of again only where it comes after another's.
    const nearest = others.toSorted(
      (a, b) => Math.abs(a.startedAtMs - startedAtMs) - Math.abs(b.startedAtMs - startedAtMs),
    )[0];
    if (nearest === undefined) return nothing({ showings });
    const days = Math.abs(nearest.startedAtMs - startedAtMs) / DAY_MS;
    if (days >= withinDays) return nothing({ showings });
    const [first, second] = nearest.startedAtMs <= startedAtMs ? [nearest, now] : [now, nearest];
    const isOwnersReturn = own !== undefined && own.startedAtMs <= first.startedAtMs;
    if (isOwnersReturn) return nothing({ showings });
    const finding: Finding = {
      kind: 'poached-customer',
      timeMs: second.startedAtMs,
      concerns: [
        `broker:${second.brokerId}`,
        `broker:${first.brokerId}`,
        `listing:${listingId}`,
        `customer:${customerId}`,
        `showing:${second.showingId}`,
      ],
      reason: text(
        `Broker ${second.brokerId} showed ${listingId} to customer ${customerId} ${spoken(days)} days after broker ${first.brokerId} had; ${spoken(withinDays)} days are the limit`,
        `经纪人 ${second.brokerId} 在经纪人 ${first.brokerId} 带看 ${spoken(days)} 天后，向同一客户 ${customerId} 带看房源 ${listingId}；期限为 ${spoken(withinDays)} 天`,
      ),
      numbers: { days, withinDays },
      labels: { firstBroker: first.brokerId, laterBroker: second.brokerId },
      strength: withinDays / Math.max(days, LEAST_DAYS),
      shapes: listingPosition === undefined ? [] : [pointShape(listingPosition, 'listing')],
    };
    return { state: { showings }, findings: [finding] };
  },
};
