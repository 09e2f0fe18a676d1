import type { OutsideAccess } from '../runs/messages.ts';
import { connectionsOf } from './connections-file.ts';

/** What the operator allows of the outside, as it is configured. */
export type OutsideSettings = Omit<OutsideAccess, 'connections'> & {
  /** SQL_CONNECTIONS_FILE, which is read anew for each process. */
  readonly connectionsFile: string | null;
};

/**
 * What the processes of a project may use of the outside.
 *
 * @throws Error when SQL_CONNECTIONS_FILE cannot be read; nothing of what is in it is in the message
 */
export async function outsideOf(settings: OutsideSettings, project: string): Promise<OutsideAccess> {
  const { connectionsFile, ...access } = settings;
  return { ...access, connections: await connectionsOf(connectionsFile, project) };
}
