import { RESERVED_WORDS } from './reserved-words.ts';
import type { Path } from './tree-node.ts';

const PLAIN = /^[A-Za-z_$\u00c0-\u1fff\u3040-\ud7ff\uf900-\ufaff][\w$\u00c0-\u1fff\u3040-\ud7ff\uf900-\ufaff]*$/;

/** A name as it must be written: in back-ticks where it is reserved or has other characters than a word. */
export function printName(name: string): string {
  // `map[1]` would be a constructor.
  const reserved = RESERVED_WORDS.has(name.toUpperCase()) || name.toUpperCase() === 'MAP';
  return PLAIN.test(name) && !reserved ? name : `\`${name.replaceAll('`', '``')}\``;
}

export function printPath(path: Path): string {
  return path.map((part) => printName(part.name)).join('.');
}

export function printNames(names: Path): string {
  return `(${names.map((part) => printName(part.name)).join(', ')})`;
}

/** A string as it must be written. */
export function printString(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
