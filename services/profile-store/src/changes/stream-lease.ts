import type { SubscriptionsService } from '../subscriptions/subscriptions.service.ts';

/** A feature stays subscribed for so long after its last listener: who comes back by then has missed nothing. */
export const GRACE_MS = 60_000;
const RENEW_EVERY_MS = 20_000;
/** Longer than a process may stand still. */
const LEASE_MS = 90_000;
const TRY_AGAIN_AFTER_MS = 2_000;

export interface LeaseSetting {
  readonly project: string;
  /** Of this process. */
  readonly id: string;
  readonly subscriptions: Pick<SubscriptionsService, 'lease'>;
  readonly onError: (error: unknown) => void;
}

/** The one lease of a process in a project: for all features that its listeners want. */
export class StreamLease {
  private readonly setting: LeaseSetting;
  private readonly wantedAtMs = new Map<string, number>();
  private leased: ReadonlySet<string> = new Set();
  private renewAtMs = 0;
  private asking: Promise<void> | undefined;

  constructor(setting: LeaseSetting) {
    this.setting = setting;
  }

  /** Takes, widens or renews the lease when that is due. @param wanted - by listeners that are here */
  look(wanted: Iterable<string>, nowMs: number): void {
    for (const feature of wanted) this.wantedAtMs.set(feature, nowMs);
    for (const [feature, atMs] of this.wantedAtMs) if (nowMs - atMs > GRACE_MS) this.wantedAtMs.delete(feature);
    const features = [...this.wantedAtMs.keys()];
    const isWider = features.some((feature) => !this.leased.has(feature));
    if (features.length === 0 || this.asking !== undefined || (nowMs < this.renewAtMs && !isWider)) return;
    // After a failure there is nothing that is leased, and the pause counts.
    if (nowMs < this.renewAtMs && this.leased.size === 0) return;
    this.asking = this.ask(features, nowMs).finally(() => (this.asking = undefined));
  }

  async close(): Promise<void> {
    await this.asking;
  }

  private async ask(features: readonly string[], nowMs: number): Promise<void> {
    const { project, id, subscriptions, onError } = this.setting;
    const outcome = await subscriptions.lease(project, id, features, nowMs + LEASE_MS).catch((error: unknown) => {
      onError(error);
      return 'unavailable' as const;
    });
    this.leased = outcome === 'leased' ? new Set(features) : new Set();
    this.renewAtMs = nowMs + (outcome === 'leased' ? RENEW_EVERY_MS : TRY_AGAIN_AFTER_MS);
  }
}
