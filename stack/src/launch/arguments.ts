import { Sentence } from '../process/sentence.ts';

/** What `npm start -- ...` was asked for. */
export interface StartArguments {
  check: boolean;
  fresh: boolean;
  yes: boolean;
  demo: boolean;
}

/** Throws a Sentence for a word it does not know. */
export function parseStartArguments(args: readonly string[]): StartArguments {
  const known = ['--check', '--fresh', '--yes', '--no-demo'];
  const unknown = args.find((word) => !known.includes(word));
  if (unknown !== undefined) throw new Sentence(`npm start does not know "${unknown}": use ${known.join(', ')}.`);
  const has = (word: string): boolean => args.includes(word);
  if (has('--check') && has('--no-demo'))
    throw new Sentence('--check follows an event of the demo: leave --no-demo out.');
  return { check: has('--check'), fresh: has('--fresh'), yes: has('--yes'), demo: !has('--no-demo') };
}
