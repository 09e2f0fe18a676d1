import { join } from 'node:path';
import { wantedPorts, type ListenerName } from '../../ports.mjs';
import { parts } from '../parts/all.ts';
import { partNames, type PartName } from '../parts/part.ts';
import { Sentence } from '../process/sentence.ts';

/** The launcher's settings, all from the environment. */
export interface StackSettings {
  workspace: string;
  dataDir: string;
  /** 0: any free one. */
  ports: Record<ListenerName, number>;
  /** Urls of servers that are not the stack's. */
  given: Partial<Record<PartName, string>>;
  startedAtMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the settings; a wrong one is a Sentence that names it. */
export function readSettings(environment: Environment, nowMs: number): StackSettings {
  const workspace = environment['HERMES_WORKSPACE'];
  if (workspace === undefined) throw new Sentence('HERMES_WORKSPACE is not set: start Hermes by npm or by start.mjs.');
  return {
    workspace,
    dataDir: environment['HERMES_DATA_DIR'] || join(workspace, '.hermes'),
    ports: portsOf(environment),
    given: Object.fromEntries(partNames.flatMap((name) => givenServer(name, environment))),
    startedAtMs: Number(environment['HERMES_STARTED_AT_MS']) || nowMs,
  };
}

function portsOf(environment: Environment): Record<ListenerName, number> {
  try {
    return wantedPorts(environment);
  } catch (error) {
    throw new Sentence(error instanceof Error ? error.message : String(error));
  }
}

const shapes: Record<PartName, { pattern: RegExp; example: string }> = {
  kafka: { pattern: /^[^\s:/]+:\d+(,[^\s:/]+:\d+)*$/, example: 'kafka-1:9092,kafka-2:9092' },
  valkey: { pattern: /^rediss?:\/\/\S+$/, example: 'redis://host:6379' },
  clickhouse: { pattern: /^https?:\/\/\S+$/, example: 'http://user:password@host:8123' },
  postgres: { pattern: /^postgres(ql)?:\/\/\S+$/, example: 'postgres://user:password@host:5432/hermes' },
};

function givenServer(name: PartName, environment: Environment): [PartName, string][] {
  const { variable } = parts[name];
  const url = environment[variable];
  if (url === undefined || url === '') return [];
  const { pattern, example } = shapes[name];
  if (!pattern.test(url)) throw new Sentence(`${variable} is not of the right form: it looks like ${example}.`);
  return [[name, url]];
}
