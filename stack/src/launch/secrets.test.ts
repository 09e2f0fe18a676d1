import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSecrets } from './secrets.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'hermes-secrets-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('secrets are made once, for their owner alone, and the same ones are found again', () => {
  const made = loadSecrets(folder);
  expect(made.serviceSecret.length).toBeGreaterThanOrEqual(32);
  expect(statSync(join(folder, 'secrets.json')).mode & 0o077).toBe(0);
  expect(loadSecrets(folder)).toEqual(made);
});

test('a folder of a build without service tokens gets their secret, and keeps every password', () => {
  const { serviceSecret: _, ...old } = loadSecrets(folder);
  writeFileSync(join(folder, 'secrets.json'), JSON.stringify(old));
  const now = loadSecrets(folder);
  expect(now).toMatchObject(old);
  expect(now.serviceSecret.length).toBeGreaterThanOrEqual(32);
  expect(JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8'))).toEqual(now);
});
