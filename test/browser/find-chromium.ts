import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

/** What it takes to launch a Chromium. */
export interface FoundChromium {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** The browser talks to nobody but the pages under test. */
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache/hermes-chromium');

/** A Chromium that is installed (HERMES_CHROMIUM names another), else the one inside the npm package @sparticuz/chromium. */
export async function findChromium(): Promise<FoundChromium> {
  const named = process.env['HERMES_CHROMIUM'];
  if (named !== undefined && !existsSync(named))
    throw new Error(`HERMES_CHROMIUM names '${named}', which is not there`);
  const installed = named ?? INSTALLED.find((path) => existsSync(path));
  return installed === undefined ? await unpackChromium() : { executablePath: installed, env: {} };
}

/**
 * Unpacks the npm package's Chromium (Linux x64) into node_modules/.cache, once. It comes with the libraries that a bare
 * server lacks; they are used only where the system has none of its own.
 */
export async function unpackChromium(): Promise<FoundChromium> {
  mkdirSync(CACHE, { recursive: true });
  const before = process.env['TMPDIR'];
  // The package unpacks into the temporary folder; there it would stay behind after the tests.
  process.env['TMPDIR'] = CACHE;
  try {
    const packed = await import('@sparticuz/chromium');
    const executablePath = await packed.default.executablePath();
    if (!lacksLibraries(executablePath)) return { executablePath, env: {} };
    const bin = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..', 'bin');
    await packed.inflate(join(bin, 'al2023.tar.br'));
    return { executablePath, env: { LD_LIBRARY_PATH: join(CACHE, 'al2023', 'lib') } };
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

const lacksLibraries = (executablePath: string): boolean =>
  execFileSync('ldd', [executablePath], { encoding: 'utf8' }).includes('not found');

/** A running headless browser; the caller closes it. */
export async function launchChromium(found?: FoundChromium): Promise<Browser> {
  const { executablePath, env } = found ?? (await findChromium());
  return await chromium.launch({
    executablePath,
    args: ARGUMENTS,
    env: { ...process.env, ...env } as Record<string, string>,
  });
}
