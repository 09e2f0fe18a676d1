import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICE_NAMES } from '@hermes/contracts/identifiers';
import { checkRunning } from '../check/check.ts';
import { identify } from '../process/process-identity.ts';
import { Sentence } from '../process/sentence.ts';
import { Supervisor } from '../process/supervisor.ts';
import { parseStartArguments, type StartArguments } from './arguments.ts';
import { buildServices } from './build.ts';
import { demoUnit } from './demo-unit.ts';
import { beginFresh } from './fresh.ts';
import { clearLeftovers } from './leftovers.ts';
import { Progress } from './progress.ts';
import { readRunRecord, runningHermes, writeRunRecord, type RunRecord } from './run-record.ts';
import { loadSecrets } from './secrets.ts';
import { readSettings, type StackSettings } from './settings.ts';
import { checkGivenServers, installParts } from './stack-parts.ts';
import { choosePorts } from './stack-ports.ts';
import { serviceEnvironment, serviceUnit } from './stack-services.ts';
import { suspendedUnits } from './suspension.ts';
import { welcome } from './welcome.ts';

/** `npm start`: brings everything up, keeps it up until a signal, takes it down in order. Returns the exit code. */
export async function start(args: readonly string[]): Promise<number> {
  const wanted = parseStartArguments(args);
  const settings = readSettings(process.env, Date.now());
  const running = runningHermes(settings.dataDir);
  if (wanted.check && running !== undefined) return checkRunning(running);
  await clearLeftovers(settings.dataDir);
  if (wanted.fresh) await beginFresh(settings.dataDir, wanted.yes);
  await checkGivenServers(settings);
  return new Launch(settings, wanted).run();
}

class Launch {
  private readonly settings: StackSettings;
  private readonly wanted: StartArguments;
  private readonly progress: Progress;
  private readonly supervisor: Supervisor;
  private record: RunRecord | undefined;
  private stopping = false;

  constructor(settings: StackSettings, wanted: StartArguments) {
    this.settings = settings;
    this.wanted = wanted;
    this.progress = new Progress(settings.startedAtMs);
    this.supervisor = new Supervisor(
      () => this.remember({}),
      (line) => {
        if (!this.stopping) this.progress.say(line);
      },
    );
  }

  async run(): Promise<number> {
    const told = this.untilTold();
    try {
      const up = this.bringUp();
      // A signal while it comes up makes steps fail that are then of no interest.
      up.catch(() => undefined);
      const first = await Promise.race([up.then((): 'up' => 'up'), told]);
      if (first !== 'up') return 0;
      if (this.wanted.check && this.record !== undefined) return await checkRunning(this.record);
      const suspension = this.followSuspensions();
      await told;
      clearInterval(suspension);
      return 0;
    } finally {
      await this.takeDown();
    }
  }

  private async bringUp(): Promise<void> {
    const { settings, progress, supervisor } = this;
    const ports = await choosePorts(settings.ports, readRunRecord(settings.dataDir)?.ports ?? {}, process.env);
    mkdirSync(join(settings.dataDir, 'logs'), { recursive: true });
    const secrets = loadSecrets(settings.dataDir);
    const launcher = identify(process.pid);
    if (launcher === undefined)
      throw new Sentence('/proc cannot be read: Hermes needs it to look after its processes.');
    const { startedAtMs } = settings;
    this.record = { launcher, startedAtMs, readyAtMs: null, ports, environment: {}, demo: null, units: {} };
    this.remember({});

    const [{ planned, environment: servers }] = await Promise.all([
      installParts(settings, ports, secrets, progress),
      progress.step('built the services', () => buildServices(settings.workspace)),
    ]);
    const environment = serviceEnvironment(settings, ports, secrets, servers);
    this.remember({ environment });
    await Promise.all(
      planned.map(({ unit, title }) => progress.step(`${title} answers`, () => supervisor.start(unit))),
    );
    await Promise.all(
      SERVICE_NAMES.map((name) =>
        progress.step(`${name} is ready`, () =>
          supervisor.start(serviceUnit(name, settings, ports[name], environment)),
        ),
      ),
    );
    if (this.wanted.demo) await progress.step('loaded the demo project', () => this.bringDemo(environment, secrets));
    this.remember({ readyAtMs: Date.now() });
    if (this.record !== undefined) process.stdout.write(welcome(this.record, progress.seconds()));
  }

  private async bringDemo(
    environment: Readonly<Record<string, string>>,
    { adminEmail, adminPassword }: { adminEmail: string; adminPassword: string },
  ): Promise<void> {
    const consoleUrl = environment['CONSOLE_URL'] ?? '';
    const { loadDemo } = await import('../demo/load.ts');
    const keys = await loadDemo({
      consoleUrl,
      adminEmail,
      adminPassword,
      urls: environment,
      dataDir: this.settings.dataDir,
    });
    this.remember({ demo: keys });
    await this.supervisor.start(demoUnit(this.settings.dataDir, environment, keys.writeKey));
  }

  /** Keeps run.json true. */
  private remember(change: Partial<RunRecord>): void {
    if (this.record === undefined) return;
    this.record = { ...this.record, ...change, units: this.supervisor.states() };
    try {
      writeRunRecord(this.settings.dataDir, this.record);
    } catch (error) {
      this.progress.say(`run.json could not be written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Resolves at the first SIGINT, SIGTERM or SIGHUP. Repeats are expected: npm and the terminal both send Ctrl-C. */
  private untilTold(): Promise<'told'> {
    return new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve('told'));
    });
  }

  private followSuspensions(): NodeJS.Timeout {
    let before: ReadonlySet<string> = new Set();
    return setInterval(() => {
      const now = suspendedUnits(this.settings.dataDir);
      for (const name of now) if (!before.has(name)) void this.supervisor.stop(name);
      for (const name of before) if (!now.has(name)) void this.supervisor.resume(name);
      before = now;
    }, 300);
  }

  private async takeDown(): Promise<void> {
    this.stopping = true;
    const beganMs = performance.now();
    const units = Object.keys(this.supervisor.states()).length;
    if (units > 0) this.progress.say('stopping');
    await this.supervisor.stopAll(['demo', 'service', 'part']);
    if (units > 0) this.progress.say(`stopped (${((performance.now() - beganMs) / 1000).toFixed(1)} s)`);
  }
}
