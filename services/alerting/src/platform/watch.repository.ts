import { EMPTY_FLEET, type FleetState, type Transition } from '@hermes/alerts/fleet-watch';
import { alertOfFiring, transitionAlertId } from '@hermes/alerts/platform-alert';
import type { PoolClient } from 'pg';
import { type Raised, raiseAlerts, resolveAlert } from '../alerts/raise.repository.ts';

const NO_TIMINGS = { receivedAt: null, acceptedAt: null, decidedAt: null };

/** Whether this connection now holds the watch. It does until it breaks or is given up. */
export async function takeWatch(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    `SELECT pg_try_advisory_lock(hashtextextended('hermes-alerting-watch', 0)) AS taken`,
  );
  return rows[0]?.taken === true;
}

/** The watch's memory; empty at the very first start. */
export async function loadFleet(client: PoolClient): Promise<FleetState> {
  const { rows } = await client.query<{ state: string }>('SELECT state FROM alerting.watch');
  const text = rows[0]?.state;
  // Written by this service alone, from a FleetState.
  return text === undefined ? EMPTY_FLEET : (JSON.parse(text) as FleetState);
}

/** Writes the memory and what came of it in one transaction, so neither is ever without the other. */
export async function saveFleet(
  client: PoolClient,
  fleet: FleetState,
  transitions: readonly Transition[],
): Promise<Raised> {
  const alertIds: string[] = [];
  const notifications: Raised['notifications'][number][] = [];
  await client.query('BEGIN');
  try {
    await client.query(
      `INSERT INTO alerting.watch (state, saved_at) VALUES ($1, now())
       ON CONFLICT (only_one) DO UPDATE SET state = excluded.state, saved_at = excluded.saved_at`,
      [JSON.stringify(fleet)],
    );
    for (const transition of transitions) {
      const made =
        transition.kind === 'fired'
          ? await raiseAlerts(client, [
              {
                alert: alertOfFiring(transition),
                timings: { ...NO_TIMINGS, alertedAt: new Date(transition.atMs).toISOString() },
              },
            ])
          : await resolveAlert(
              client,
              transitionAlertId(transition),
              transition.detail,
              new Date(transition.atMs).toISOString(),
            );
      alertIds.push(...made.alertIds);
      notifications.push(...made.notifications);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
  return { alertIds, notifications };
}
