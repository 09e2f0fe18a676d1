import { RuleKeyValues } from '@hermes/contracts/rule-keys';

/** First byte of gathered values; nothing else that stands beside them in a partition's state begins so. */
export const GATHERED_VERSION = 0x47;

/** Longer than a record may lie on its topic: what comes from the other keys comes before it. */
export const GATHERED_KEPT_MS = 2 * 86_400_000;

/**
 * What has come from other keys for one event, while it waits for more of them.
 *
 *   u8     0x47
 *   JSON   {"<key>": RuleKeyValues, ...}
 */
export class GatheredValues {
  private readonly byKey: Map<string, RuleKeyValues>;

  constructor(byKey = new Map<string, RuleKeyValues>()) {
    this.byKey = byKey;
  }

  /** @throws Error on another version */
  static decode(bytes: Buffer): GatheredValues {
    if (bytes[0] !== GATHERED_VERSION)
      throw new Error(`gathered values of version ${String(bytes[0])}; this code reads ${GATHERED_VERSION}`);
    const json = JSON.parse(bytes.toString('utf8', 1)) as Record<string, unknown>;
    return new GatheredValues(new Map(Object.entries(json).map(([key, values]) => [key, RuleKeyValues.parse(values)])));
  }

  encode(): Buffer {
    return Buffer.concat([Buffer.of(GATHERED_VERSION), Buffer.from(JSON.stringify(Object.fromEntries(this.byKey)))]);
  }

  add(key: string, values: RuleKeyValues): void {
    this.byKey.set(key, values);
  }

  /** From how many keys there are values. */
  get size(): number {
    return this.byKey.size;
  }

  all(): RuleKeyValues {
    return Object.assign({}, ...this.byKey.values()) as RuleKeyValues;
  }
}

/** State key of what is gathered for the rules of a route on the event of this place on `<project>.events`. */
export const gatheredKey = (place: string, routeId: string): string => `~gathered:${place}:${routeId}`;
