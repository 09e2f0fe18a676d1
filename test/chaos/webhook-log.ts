import type { Arrival } from '../scenario/webhook-receiver.ts';
import type { Entries } from './comparison.ts';
import { type Dice } from './dice.ts';

/** Some first answers are refusals, so that retries are part of every run. */
const REFUSED_SHARE = 0.05;

/** What the receiver has taken, by idempotency key: a repeat under the same key is the same message. */
export class WebhookLog {
  private readonly dice: Dice;
  private readonly taken = new Map<string, { readonly decisionId: string; readonly subject: string }>();
  private readonly refused = new Set<string>();
  requests = 0;

  constructor(dice: Dice) {
    this.dice = dice;
  }

  /** The receiver's answer. */
  take({ key, body }: Arrival): number {
    this.requests++;
    if (!this.taken.has(key) && !this.refused.has(key) && this.dice() < REFUSED_SHARE) {
      this.refused.add(key);
      return 503;
    }
    this.taken.set(key, { decisionId: body.alert.decisionId ?? '', subject: body.alert.subject });
    return 204;
  }

  get size(): number {
    return this.taken.size;
  }

  get refusals(): number {
    return this.refused.size;
  }

  /** One entry a key: two keys for one decision show as a repeat. */
  entries(): Entries {
    return [...this.taken.values()].map(({ decisionId, subject }) => [decisionId, subject] as const);
  }
}
