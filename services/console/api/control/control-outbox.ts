import { controlKey, type ControlRecord } from '@hermes/contracts/control';
import type { Queryable } from '../database/database.ts';

/** One message for `hermes.control`; a null value is a tombstone. */
export interface ControlMessage {
  readonly key: string;
  readonly value: ControlRecord | null;
}

export const announce = (record: ControlRecord): ControlMessage => ({ key: controlKey(record), value: record });
export const withdraw = (kind: ControlRecord['kind'], id: string): ControlMessage => ({
  key: `${kind}/${id}`,
  value: null,
});

/** Puts messages into the outbox; give the client of the change's transaction. */
export async function enqueue(db: Queryable, messages: readonly ControlMessage[]): Promise<void> {
  for (const { key, value } of messages) {
    await db.query('INSERT INTO console.control_outbox (key, value) VALUES ($1, $2)', [
      key,
      value === null ? null : JSON.stringify(value),
    ]);
  }
}

/** The oldest messages that have not been acknowledged, in order. */
export async function pending(
  db: Queryable,
  limit: number,
): Promise<readonly (ControlMessage & { readonly seq: string })[]> {
  const { rows } = await db.query<{ seq: string; key: string; value: ControlRecord | null }>(
    'SELECT seq, key, value FROM console.control_outbox ORDER BY seq LIMIT $1',
    [limit],
  );
  return rows;
}

/** Forgets messages that Kafka has acknowledged. */
export async function forget(db: Queryable, seqs: readonly string[]): Promise<void> {
  await db.query('DELETE FROM console.control_outbox WHERE seq = ANY($1::bigint[])', [seqs]);
}
