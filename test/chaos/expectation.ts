import { createHash } from 'node:crypto';
import { type Deal, SOURCE, fenOf, subjectOf, timeOf } from './deals.ts';
import { expectedFeatures } from './features.ts';
import { BIG_DEAL, PROJECT, SMALL_HOME } from './project-plan.ts';

/**
 * What the product must hold after the replay, computed from the file alone. Nothing here is shared with the product: not its
 * libraries, not its rules, not its decimals. Every value is a map from a name to an exact text, so that one comparison serves all.
 */
export interface Truth {
  /** Event id -> subject and time. */
  readonly events: ReadonlyMap<string, string>;
  /** Event id -> district, month and fen. */
  readonly rows: ReadonlyMap<string, string>;
  /** District and month -> number and fen. */
  readonly sums: ReadonlyMap<string, string>;
  /** Subject -> number, first and last time. */
  readonly profiles: ReadonlyMap<string, string>;
  /** Subject and feature -> value, and how many deals were late. */
  readonly features: ReadonlyMap<string, string>;
  /** Decision id -> rule and event id. */
  readonly decisions: ReadonlyMap<string, string>;
  /** Decision id -> subject, of the rule that raises alerts. */
  readonly alerts: ReadonlyMap<string, string>;
}

/** Documented in rule-engine: the first 128 bits, as hex, of SHA-256 over the JSON list [project, rule, version, source, id]. */
function decisionId(rule: string, eventId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([PROJECT, rule, 1, SOURCE, eventId]))
    .digest('hex')
    .slice(0, 32);
}

export function recompute(deals: readonly Deal[]): Truth {
  const events = new Map<string, string>();
  const rows = new Map<string, string>();
  const totals = new Map<string, { count: number; fen: bigint }>();
  const seen = new Map<string, { count: number; first: string; last: string }>();
  const decisions = new Map<string, string>();
  const alerts = new Map<string, string>();
  const fromFen = BigInt(BIG_DEAL.fromCny) * 100n;
  const once: Deal[] = [];
  for (const deal of deals) {
    if (events.has(deal.dealId)) continue;
    once.push(deal);
    const fen = fenOf(deal.totalPrice);
    const month = deal.tradeTime.slice(0, 6);
    const time = timeOf(deal);
    events.set(deal.dealId, `${subjectOf(deal)} ${time}`);
    rows.set(deal.dealId, `${deal.district} ${month} ${String(fen)}`);
    const key = `${deal.district} ${month}`;
    const total = totals.get(key) ?? { count: 0, fen: 0n };
    totals.set(key, { count: total.count + 1, fen: total.fen + fen });
    const known = seen.get(subjectOf(deal)) ?? { count: 0, first: time, last: time };
    seen.set(subjectOf(deal), {
      count: known.count + 1,
      first: time < known.first ? time : known.first,
      last: time > known.last ? time : known.last,
    });
    if (fen >= fromFen) {
      decisions.set(decisionId(BIG_DEAL.id, deal.dealId), `${BIG_DEAL.id} ${deal.dealId}`);
      alerts.set(decisionId(BIG_DEAL.id, deal.dealId), subjectOf(deal));
    }
    if (deal.district === SMALL_HOME.district && Number(deal.square) < SMALL_HOME.belowM2) {
      decisions.set(decisionId(SMALL_HOME.id, deal.dealId), `${SMALL_HOME.id} ${deal.dealId}`);
    }
  }
  return {
    events,
    rows,
    sums: mapValues(totals, ({ count, fen }) => `${String(count)} ${String(fen)}`),
    profiles: mapValues(seen, ({ count, first, last }) => `${String(count)} ${first} ${last}`),
    features: expectedFeatures(once),
    decisions,
    alerts,
  };
}

const mapValues = <A, B>(map: ReadonlyMap<string, A>, change: (value: A) => B): ReadonlyMap<string, B> =>
  new Map([...map].map(([key, value]) => [key, change(value)]));
