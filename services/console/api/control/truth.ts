import type { SigningKeyRecord } from '@hermes/contracts/control';
import type { Queryable } from '../database/database.ts';
import { liveKeys, revokedKeyIds } from '../keys/key.repository.ts';
import { allProjects } from '../projects/project.repository.ts';
import type { ControlTruth } from './reconcile.ts';

/** Everything that the database wants `hermes.control` to say. */
export async function readTruth(db: Queryable, signingKey: SigningKeyRecord): Promise<ControlTruth> {
  const records = [signingKey, ...(await allProjects(db)), ...(await liveKeys(db))];
  return { records, withdrawn: (await revokedKeyIds(db)).map((id) => `key/${id}`) };
}
