/** What start.mjs hands over to, under Node 24: `cli.ts WORD [ARG...]`. */
import { Sentence } from './process/sentence.ts';

const [word = '', ...args] = process.argv.slice(2);

/** Each command is loaded only when it is asked for. Its number is the exit code. */
const commands: Record<string, () => Promise<number>> = {
  start: async () => (await import('./launch/start.ts')).start(args),
  status: async () => (await import('./status/status.ts')).status(),
  dev: async () => (await import('./launch/dev.ts')).dev(args),
  test: async () => (await import('./verify/everything.ts')).verifyEverything(args),
  typecheck: async () => (await import('./verify/single.ts')).typecheckOnly(),
  lint: async () => (await import('./verify/single.ts')).lintOnly(),
  format: async () => (await import('./verify/single.ts')).formatAll(),
  replay: () => runProgram('stack/src/replay/main.ts'),
  chaos: () => runProgram('test/chaos/main.ts'),
  bench: () => runProgram('test/bench/main.ts'),
  conformance: () => runProgram('test/conformance/src/live.ts'),
  'conformance:record': () => runProgram('test/conformance/src/record.ts'),
  'conformance:refused': () => runProgram('test/conformance/src/refused.ts'),
  'conformance:random': () => runProgram('test/conformance/src/random/main.ts'),
};

/** A program of its own takes the rest of the command line, as if it had been called by itself. */
async function runProgram(path: string): Promise<number> {
  const { runInForeground } = await import('./process/foreground.ts');
  return runInForeground([process.execPath, '--no-warnings', path, ...args]);
}

try {
  process.exitCode = await (commands[word]?.() ??
    Promise.reject(new Sentence(`"${word}" is not a command of Hermes.`)));
} catch (error) {
  process.stderr.write(
    error instanceof Sentence ? `${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = 1;
}
process.exit();
