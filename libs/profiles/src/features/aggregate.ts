import type { FeatureValue } from '@hermes/contracts/profile';
import type { ByteReader, ByteWriter } from '../bytes.ts';
import type { StoredTiles } from './stored-tiles.ts';

/** What a feature sees of an event that has passed its filter. */
export interface Seen {
  /** Event time. */
  readonly timeMs: number;
  readonly receivedAtMs: number;
  readonly id: string;
  /** What `path` points at; undefined for features without a path. Places come as `{longitude, latitude}` in WGS84. */
  readonly value: unknown;
}

/** Over what a value is asked for. */
export interface ValueContext {
  readonly nowMs: number;
  /** Of the window, event time; null is without a bound. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** The part of a FeatureValue that an aggregate answers. */
export type AggregateValue = Pick<FeatureValue, 'value'> & Partial<Pick<FeatureValue, 'exact' | 'bound'>>;

/**
 * One way to sum events up. A state is never changed by `merge`'s second argument's owner: `from` stays as it is, and `into` may be
 * changed in place. Merging is associative and commutative, up to the rounding of floating-point averages (EWMA) and the order in which
 * a Misra-Gries summary meets its values.
 *
 * @typeParam S - the state of at least one event; no events is no state
 */
export interface Aggregate<S> {
  /** The state with one more event, `into` changed in place where there is one; undefined when the value is not of the kind that counts. */
  add(into: S | undefined, seen: Seen): S | undefined;
  /**
   * As `read`, `add` and `write`, without making a state of what is stored; left out where that would save nothing. Where it is not `written`, what
   * was written means nothing; `undecided`: `add` has to do it.
   */
  addStored?(reader: ByteReader, seen: Seen, writer: ByteWriter): 'written' | 'ignored' | 'undecided';
  merge(into: S | undefined, from: S): S;
  write(writer: ByteWriter, state: S): void;
  read(reader: ByteReader): S;
  /**
   * `merge` with each of the tiles, at least one, without making a state of it; left out where that would save nothing. `into` was read from
   * stored bytes and belongs to the caller alone.
   */
  fold?(into: S | undefined, tiles: StoredTiles): S;
  /** The answer of a state; `undefined` stands for no events at all. */
  value(state: S | undefined, context: ValueContext): AggregateValue;
  /** JSON of `value(state).value`, where the state holds it as JSON and there is nothing beside it; otherwise left out. */
  json?(state: S | undefined): string;
}
