import type { EventFigures } from '@hermes/contracts/event-figures';
import type { Bilingual } from '@hermes/contracts/event-type';
import type { Feature } from '@hermes/contracts/feature';
import type { RuleStateSize } from '@hermes/contracts/rule-api';
import { type CompiledFeature, compileFeature } from '@hermes/profiles/features/compile-feature';
import { estimateStateBytes, windowMsOf } from '@hermes/profiles/features/estimate-state';
import type { Finding } from '@hermes/rules/finding';
import { both } from '@hermes/rules/words';
import { LRUCache } from 'lru-cache';
import { setImmediate } from 'node:timers/promises';

/** What a key takes in Valkey beside its value: its name, and the server's own of it. */
const KEY_BYTES = 150;
const DAY_MS = 86_400_000;
/** History is not asked for longer: what happens in a month happens in the next. */
const MOST_DAYS = 30;
const KEPT_MS = 600_000;
/** So long it is not asked for again what could not be said: every check of a draft would ask a history that is slow. */
const FAILURE_KEPT_MS = 60_000;

export interface StateSizesSetting {
  /** How much there was of event types lately; undefined when that cannot be said. */
  readonly figures: (project: string, types: readonly string[], days: number) => Promise<EventFigures | undefined>;
  /** From which on a feature's state is told as too large. */
  readonly warnFromBytes: number;
}

/** About how large the state gets that features of rules need. */
export class StateSizes {
  private readonly setting: StateSizesSetting;
  private readonly kept = new LRUCache<string, { readonly figures: EventFigures | undefined }>({
    max: 1_000,
    ttl: KEPT_MS,
  });

  constructor(setting: StateSizesSetting) {
    this.setting = setting;
  }

  /** Of those of which it can be said. */
  async of(project: string, features: readonly Feature[]): Promise<readonly RuleStateSize[]> {
    const compiled = features.map((feature) => compileFeature(feature));
    const figures = await Promise.all(compiled.map((one) => this.figuresFor(project, one)));
    const sizes: RuleStateSize[] = [];
    for (const [i, one] of compiled.entries()) {
      const known = figures[i];
      if (known === undefined || known.types.length === 0) continue;
      sizes.push(sizeOf(one, known));
      // Events are evaluated beside this: each estimate is a piece of work by itself.
      await setImmediate();
    }
    return sizes;
  }

  /** What is to be said of a size at save; undefined where it is small. */
  warning(size: RuleStateSize): Finding | undefined {
    if (size.bytes < this.setting.warnFromBytes) return undefined;
    return { pointer: '/conditions', code: 'costly-window', text: costly(size) };
  }

  private figuresFor(project: string, { feature, types }: CompiledFeature): Promise<EventFigures | undefined> {
    return this.figuresOf(project, types, Math.ceil(Math.min(MOST_DAYS, windowDaysOf(feature))));
  }

  private async figuresOf(project: string, types: readonly string[], days: number): Promise<EventFigures | undefined> {
    const name = JSON.stringify([project, types, days]);
    const kept = this.kept.get(name);
    if (kept !== undefined) return kept.figures;
    const figures = await this.setting.figures(project, types, days);
    this.kept.set(name, { figures }, { ttl: figures === undefined ? FAILURE_KEPT_MS : KEPT_MS });
    return figures;
  }
}

const windowDaysOf = ({ window }: Feature): number => (windowMsOf(window) ?? MOST_DAYS * DAY_MS) / DAY_MS;

function sizeOf(compiled: CompiledFeature, figures: EventFigures): RuleStateSize {
  const { feature } = compiled;
  const windowDays = windowDaysOf(feature);
  const events = figures.types.reduce((sum, type) => sum + type.events, 0) * (windowDays / figures.days);
  const subjects = Math.max(...figures.types.map((type) => type.subjects));
  // How many keys there are of a field only its events could tell: not more than events.
  const isOfSubject = feature.key.kind !== 'field';
  const keys = Math.max(1, Math.round(isOfSubject ? subjects : events));
  const bytesPerKey = KEY_BYTES + estimateStateBytes(compiled, events / keys);
  return { feature: feature.id, windowDays, keys, keysAreAtMost: !isOfSubject, bytesPerKey, bytes: keys * bytesPerKey };
}

const inMegabytes = (bytes: number): string => Math.round(bytes / 1e6).toLocaleString('en');

function costly({ feature, keys, keysAreAtMost, bytesPerKey, bytes }: RuleStateSize): Bilingual {
  const [count, size] = [keys.toLocaleString('en'), inMegabytes(bytes)];
  return both(
    `"${feature}" needs about ${size} MB of state: ${keysAreAtMost ? 'up to' : 'about'} ${count} keys with ${bytesPerKey} bytes each; a shorter window, or a filter in the feature, needs less`,
    `“${feature}”约需 ${size} MB 状态：${keysAreAtMost ? '最多' : '约'} ${count} 个键，每个 ${bytesPerKey} 字节；缩短窗口或在特征中加过滤可减少`,
  );
}
