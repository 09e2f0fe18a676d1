/** The child process that reads profiles as an application does, and bare values of Valkey between the reads. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openRedis } from '@hermes/connectors/redis/client';
import { ProfileClient } from '@hermes/profile-client/profile-client';
import { monotonicMs } from '@hermes/stream-runtime/state-mirror';
import { runAsChild } from '../child.ts';
import { metronome } from '../metronome.ts';
import { HOTTEST_SHARE, PROJECT, subjectOf } from '../service/deals.ts';
import { seededRandom } from '../seeded-random.ts';
import { ZipfSampler } from '../service/zipf.ts';

export interface ReaderSetting {
  readonly url: string;
  readonly key: string;
  readonly redisUrl: string;
  readonly features: readonly string[];
  readonly subjects: number;
  readonly seed: number;
  /** Requests for profiles a second. */
  readonly perSecond: number;
  /** Profiles in one request: 1 by `read`, more by `readMany`. */
  readonly profilesPerRequest: number;
  /** What one bare value is. */
  readonly bareBytes: number;
  readonly warmUpMs: number;
  /** undefined: until it is stopped. */
  readonly measuredMs: number | undefined;
}

/** Milliseconds of requests that were due after the warm-up, each from the instant at which it was due to its answer. */
export interface ReaderResult {
  readonly readMs: readonly number[];
  readonly bareMs: readonly number[];
  /** From the instant at which a request was due to its sending, of reads and bare values alike. */
  readonly lateMs: readonly number[];
  /** Reads that were not answered as they should be, by what was wrong, warm-up included. */
  readonly wrong: Readonly<Record<string, number>>;
}

const BARE_KEYS = 1_000;
/** Bare values are a measure, and no load: one comes after so many reads, as far behind the last as that behind the one before. */
const READS_PER_BARE = 4;
const READ_LIMIT_MS = 10_000;

runAsChild<ReaderSetting, ReaderResult>(async (setting, side) => {
  const { profilesPerRequest: profiles, features } = setting;
  // Without repeats and with a long limit: a stall shall show as the latency that it is, and not as another load.
  const client = new ProfileClient({
    url: setting.url,
    project: PROJECT,
    key: setting.key,
    timeoutMs: READ_LIMIT_MS,
    retries: 0,
  });
  const redis = openRedis(setting.redisUrl, { connectionName: 'bench-bare' });
  const random = seededRandom(setting.seed);
  const sampler = new ZipfSampler(setting.subjects, HOTTEST_SHARE, random);
  const bareKey = (): string => `bench:bare:${String(Math.floor(random() * BARE_KEYS))}`;
  const bare = Buffer.from(Array.from({ length: setting.bareBytes }, () => 32 + Math.floor(random() * 90)));
  for (let i = 0; i < BARE_KEYS; i++) await redis.set(`bench:bare:${String(i)}`, bare);

  const readMs: number[] = [];
  const bareMs: number[] = [];
  const lateMs: number[] = [];
  const wrong: Record<string, number> = {};
  let measuring = false;
  const note = (what: string): void => void (wrong[what] = (wrong[what] ?? 0) + 1);

  const read = async (): Promise<void> => {
    const subjects = Array.from({ length: profiles }, () => subjectOf(sampler.next()));
    const result =
      profiles === 1 ? await client.read(subjects[0]!, features) : await client.readMany(subjects, features);
    if (result.kind !== 'ok') return note(`${result.kind}: ${result.detail}`);
    for (const profile of 'profile' in result ? [result.profile] : result.profiles) {
      if (!profile.known) note('a loaded subject is not known');
      else if (Object.keys(profile.features).length !== features.length) note('features are missing in the answer');
    }
  };
  const readBare = async (): Promise<void> => {
    const values =
      profiles === 1
        ? [await redis.getBuffer(bareKey())]
        : await redis.mgetBuffer(...Array.from({ length: profiles }, bareKey));
    if (values.some((value) => value?.length !== bare.length)) note('a bare value is not what was written');
  };

  // A count, and no set of promises: a set leaves its old tables behind, and with them every answer until the old generation is collected.
  let underWay = 0;
  const end = metronome(setting.perSecond + setting.perSecond / READS_PER_BARE, (i, dueMs) => {
    const counts = measuring;
    if (counts) lateMs.push(monotonicMs() - dueMs);
    const isBare = i % (READS_PER_BARE + 1) === READS_PER_BARE;
    const into = isBare ? bareMs : readMs;
    underWay += 1;
    void (isBare ? readBare() : read())
      .then(
        () => void (counts && into.push(monotonicMs() - dueMs)),
        (error: unknown) => note(String(error)),
      )
      .finally(() => (underWay -= 1));
  });
  const stopped = new Promise<void>((resolve) => side.stopped.addEventListener('abort', () => resolve()));
  await Promise.race([sleep(setting.warmUpMs), stopped]);
  measuring = true;
  side.mark('measuring');
  await Promise.race([...(setting.measuredMs === undefined ? [] : [sleep(setting.measuredMs)]), stopped]);
  measuring = false;
  end();
  while (underWay > 0) await sleep(5);
  await client.close();
  redis.disconnect();
  return { readMs, bareMs, lateMs, wrong };
});
