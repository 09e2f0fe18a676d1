import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyJars } from './packages.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const sums = `${sha256('one')}  a-1.jar\n${sha256('two')}  b-2.jar\n`;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jars-'));
  writeFileSync(join(folder, 'a-1.jar'), 'one');
  writeFileSync(join(folder, 'b-2.jar'), 'two');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('exactly the jars that are listed, byte for byte, are taken', () => {
  expect(() => verifyJars(folder, sums, 'kafka')).not.toThrow();
});

test('a jar with another byte is refused by name', () => {
  writeFileSync(join(folder, 'b-2.jar'), 'twx');
  expect(() => verifyJars(folder, sums, 'kafka')).toThrow('b-2.jar is corrupt');
});

test('a jar that is missing is refused by name', () => {
  rmSync(join(folder, 'a-1.jar'));
  expect(() => verifyJars(folder, sums, 'kafka')).toThrow('a-1.jar is corrupt (SHA-256 missing');
});

test('a jar that nobody listed is refused by name', () => {
  writeFileSync(join(folder, 'evil.jar'), 'three');
  expect(() => verifyJars(folder, sums, 'kafka')).toThrow('evil.jar');
});
