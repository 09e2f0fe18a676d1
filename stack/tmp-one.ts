import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { startPart } from './src/parts/instance.ts';
import { parts } from './src/parts/all.ts';
import { partNames } from './src/parts/part.ts';
const dir = mkdtempSync('/tmp/one-');
const running = await Promise.all(partNames.map((name) => startPart(name, { dataDir: `${dir}/${name}` })));
const env: Record<string, string> = {};
for (const part of running) env[parts[part.name].variable] = part.url;
env['CLICKHOUSE_ANALYST_URL'] = running.find(({ name }) => name === 'clickhouse')?.analystUrl ?? '';
const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'servers', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, ...env, NO_COLOR: '1' },
});
const code = await new Promise<number>((resolve) => child.once('exit', (c) => resolve(c ?? 1)));
await Promise.all(running.map((part) => part.stop()));
rmSync(dir, { recursive: true, force: true });
process.exit(code);
