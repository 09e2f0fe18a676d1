import { join } from 'node:path';
import type { EventTypeDraft } from '@hermes/contracts/event-type';
import { ConsoleClient } from '../api/console-client.ts';
import { IngestClient } from '../api/ingest-client.ts';
import { keepKey } from '../api/kept-keys.ts';
import { DEMO_EVENT_TYPES } from '../demo/event-types.ts';
import { runningHermes } from '../launch/run-record.ts';
import { Sentence } from '../process/sentence.ts';
import { draftFromMap } from './draft-from-map.ts';
import type { ReplayMap } from './map.ts';

/** Where events go, and with which key. */
export interface Destination {
  readonly ingestUrl: string;
  readonly key: string;
}

/** The longest window there is: a replay that is repeated within 30 days changes no count. */
const DEDUP_WINDOW_MS = 30 * 86_400_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** Finds the Hermes that runs here (or is named by the environment) and makes sure of project, key and event type. */
export async function openDestination(
  project: string,
  type: string,
  map: ReplayMap,
  given: { readonly key?: string | undefined; readonly environment: Environment },
): Promise<Destination> {
  const { environment } = given;
  const dataDir = environment['HERMES_DATA_DIR'] || join(environment['HERMES_WORKSPACE'] ?? process.cwd(), '.hermes');
  const running = runningHermes(dataDir)?.environment ?? {};
  const setting = (name: string): string | undefined => environment[name] || running[name];
  const ingestUrl = setting('INGEST_URL');
  if (ingestUrl === undefined)
    throw new Sentence('Hermes does not run here: start it with "npm start", or set INGEST_URL and give --key.');
  if (given.key !== undefined) return { ingestUrl, key: given.key };

  const [consoleUrl, email, password] = ['CONSOLE_URL', 'HERMES_ADMIN_EMAIL', 'HERMES_ADMIN_PASSWORD'].map(setting);
  if (consoleUrl === undefined || email === undefined || password === undefined) {
    throw new Sentence(
      'There is nobody to sign in as: start Hermes with "npm start", or give --key with a key of the project.',
    );
  }
  const client = await ConsoleClient.signIn(consoleUrl, email, password);
  await client.ensureProject({ id: project, name: project, dedupWindowMs: DEDUP_WINDOW_MS });
  const key = await keepKey(client, dataDir, project, 'replay', ['events:write', 'events:read']);
  await ensureEventType(client, project, type, map);
  await new IngestClient(ingestUrl, key).untilKeyWorks(20_000);
  return { ingestUrl, key };
}

async function ensureEventType(client: ConsoleClient, project: string, type: string, map: ReplayMap): Promise<void> {
  const known = (await client.eventTypes(project)).find((eventType) => eventType.type === type);
  if (known === undefined) await client.putEventType(project, type, DEMO_EVENT_TYPES[type] ?? draftFromMap(type, map));
  requireSameSystems(type, known ?? DEMO_EVENT_TYPES[type], map);
}

/** Two coordinate systems under one event type would put places hundreds of metres off. */
function requireSameSystems(type: string, draft: EventTypeDraft | undefined, map: ReplayMap): void {
  for (const field of map.fields) {
    if (field.type !== 'place') continue;
    const place = draft?.places.find(({ longitude }) => longitude === field.longitude);
    if (place === undefined || place.system === field.system) continue;
    throw new Sentence(
      `The event type '${type}' has its places in ${place.system}, the map says ${field.system}: replay into another project.`,
    );
  }
}
