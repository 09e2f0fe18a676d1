import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parts } from './src/parts/all.ts';
import { startPart } from './src/parts/instance.ts';
import { partNames } from './src/parts/part.ts';
const folder = mkdtempSync(join(tmpdir(), 'one-'));
const running = await Promise.all(partNames.map((name) => startPart(name, { dataDir: join(folder, name) })));
const env: Record<string, string> = Object.fromEntries(running.map((p) => [parts[p.name].variable, p.url]));
env['CLICKHOUSE_ANALYST_URL'] = running.find((p) => p.name === 'clickhouse')?.analystUrl ?? '';
const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'servers', ...process.argv.slice(2)],
  { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env, NO_COLOR: '1' } });
const code = await new Promise<number>((resolve) => child.once('exit', (c) => resolve(c ?? 1)));
await Promise.allSettled(running.map((p) => p.stop()));
rmSync(folder, { recursive: true, force: true });
process.exit(code);
