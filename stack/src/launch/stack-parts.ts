import { join } from 'node:path';
import { parts } from '../parts/all.ts';
import { analystUrl } from '../parts/clickhouse.ts';
import { partNames, type PartInstance, type PartName } from '../parts/part.ts';
import { Sentence } from '../process/sentence.ts';
import type { Unit } from '../process/supervisor.ts';
import type { Progress } from './progress.ts';
import type { Secrets } from './secrets.ts';
import type { StackSettings } from './settings.ts';

export interface PlannedPart {
  unit: Unit;
  title: string;
}

const titles: Record<PartName, string> = {
  kafka: 'Kafka',
  valkey: 'Valkey',
  clickhouse: 'ClickHouse',
  postgres: 'PostgreSQL',
};

/** Servers that the user named must answer before anything is started. */
export async function checkGivenServers(settings: StackSettings): Promise<void> {
  for (const name of partNames) {
    const url = settings.given[name];
    if (url === undefined) continue;
    const answered = await parts[name].answers(url).catch(() => false);
    if (!answered) {
      throw new Sentence(
        `${parts[name].variable} is set, but no ${titles[name]} that lets us in answers there: start it or correct the setting.`,
      );
    }
  }
}

/** Fetches the parts that the stack runs itself, side by side, and says how each is run. */
export async function installParts(
  settings: StackSettings,
  ports: StackSettings['ports'],
  secrets: Secrets,
  progress: Progress,
): Promise<{ planned: PlannedPart[]; environment: Record<string, string> }> {
  const environment: Record<string, string> = {};
  const planned = await Promise.all(
    partNames.map(async (name): Promise<PlannedPart[]> => {
      const part = parts[name];
      const title = `${titles[name]} ${part.version}`;
      const given = settings.given[name];
      if (given !== undefined) {
        environment[part.variable] = given;
        // Without a read-only user of theirs, the console reads as the services do.
        if (name === 'clickhouse')
          environment['CLICKHOUSE_ANALYST_URL'] = process.env['CLICKHOUSE_ANALYST_URL'] || given;
        return [];
      }
      const instance: PartInstance = {
        dataDir: join(settings.dataDir, name),
        port: ports[name],
        controllerPort: ports['kafka-controller'],
        passwords: secrets.parts,
      };
      environment[part.variable] = part.url(instance);
      if (name === 'clickhouse') environment['CLICKHOUSE_ANALYST_URL'] = analystUrl(instance);
      const beganMs = performance.now();
      let fetched = false;
      const home = await part.install((detail) => {
        fetched = true;
        progress.say(`${title}: ${detail}`);
      });
      if (fetched) progress.say(`${title}: installed in ${((performance.now() - beganMs) / 1000).toFixed(1)} s`);
      const unit: Unit = {
        name,
        kind: 'part',
        async command() {
          await part.prepare(instance, home);
          return part.command(instance, home);
        },
        ready: () => part.answers(part.url(instance)),
        readyWithinMs: part.readyWithinMs,
        stop: part.stop,
        logFile: join(settings.dataDir, 'logs', `${name}.log`),
      };
      return [{ unit, title }];
    }),
  );
  return { planned: planned.flat(), environment };
}
