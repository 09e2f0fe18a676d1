import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const PURE = ['contracts', 'stream-sql', 'rules', 'itinerary', 'profiles', 'alerts'];

/** What pure code may import from outside: deterministic, without I/O. Everything else is a breach until it is argued here. */
const PURE_IMPORTS = new Set([
  'zod',
  'dt-sql-parser',
  'decimal.js',
  'fastest-levenshtein',
  'jsonpath-plus',
  // It answers with promises, of what it is given alone.
  'json-rules-engine',
  're2js',
  '@turf/boolean-point-in-polygon',
  'node:crypto',
  'node:buffer',
]);
/** node:crypto in pure code is for hashes only. */
const RANDOM_OR_CLOCK = [
  [/\bDate\.now\s*\(/, 'reads the clock'],
  [/\bnew Date\(\s*\)/, 'reads the clock'],
  [/\bperformance\.now\s*\(/, 'reads the clock'],
  [/\bMath\.random\s*\(/, 'is random'],
  [/\brandomUUID\b|\brandomBytes\b|\bgetRandomValues\b/, 'is random'],
  [/\bset(Timeout|Interval|Immediate)\s*\(/, 'waits'],
  [/\bprocess\.(env|argv|cwd|hrtime)\b/, 'reads its surroundings'],
  [/\bfetch\s*\(/, 'uses the network'],
  [/\bconsole\./, 'prints'],
] as const;

const sources = (pattern: string): string[] =>
  globSync(pattern, { cwd: root, exclude: (name) => name === 'node_modules' || name === 'dist' }).toSorted();
const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '');
const importsOf = (text: string): string[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"\s]+)['"]/g)].map((match) => match[1]!);
const packageOf = (specifier: string): string =>
  specifier.startsWith('node:')
    ? specifier
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');

/** Why a pure file is not pure; empty when it is. */
function breaches(text: string): string[] {
  const code = withoutComments(text);
  const outside = importsOf(code)
    .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('@hermes/'))
    .map(packageOf)
    .filter((name) => !PURE_IMPORTS.has(name))
    .map((name) => `imports ${name}`);
  const hermes = importsOf(code)
    .filter((specifier) => specifier.startsWith('@hermes/'))
    .filter((specifier) => !PURE.includes(specifier.split('/')[1]!))
    .map((specifier) => `imports ${specifier}`);
  return [...outside, ...hermes, ...RANDOM_OR_CLOCK.filter(([pattern]) => pattern.test(code)).map(([, what]) => what)];
}

describe('the architecture test sees a breach', () => {
  test.each([
    ["import { Injectable } from '@nestjs/common';", ['imports @nestjs/common']],
    ["import { readFile } from 'node:fs/promises';", ['imports node:fs/promises']],
    [
      "import { openKafka } from '@hermes/connectors/kafka/open-kafka';",
      ['imports @hermes/connectors/kafka/open-kafka'],
    ],
    ["const load = () => import('kafkajs');", ['imports kafkajs']],
    ['export const now = () => Date.now();', ['reads the clock']],
    ['export const at = () => new Date();', ['reads the clock']],
    ['export const dice = () => Math.random();', ['is random']],
    ['// Date.now() in a comment is no breach\nexport const a = new Date(0);', []],
  ])('%s', (text, expected) => expect(breaches(text)).toEqual(expected));
});

describe('pure libraries import no framework, no client and no clock', () => {
  for (const library of PURE) {
    const files = sources(`libs/${library}/src/**/*.ts`).filter((file) => !file.endsWith('.test.ts'));
    test(`libs/${library}`, () => {
      const found = files.flatMap((file) =>
        breaches(readFileSync(`${root}/${file}`, 'utf8'))
          // What several tests of a library generate stands beside them.
          .filter((what) => !(file.includes('/testing/') && what === 'imports fast-check'))
          .map((what) => `${file} ${what}`),
      );
      expect(found).toEqual([]);
    });
  }
});

describe('the house keeps its shape', () => {
  const all = sources('{libs,services,stack,test,tools,dashboards}/**/*.{ts,tsx}');

  test('no file says nothing by its name, and no index file re-exports', () => {
    const meaningless = /(^|\/)(utils?|common|helpers?|misc|shared|index)(\/|\.tsx?$)/;
    expect(all.filter((file) => meaningless.test(file))).toEqual([]);
  });

  test('no file is longer than 400 lines', () => {
    const long = all.filter((file) => readFileSync(`${root}/${file}`, 'utf8').split('\n').length > 400);
    expect(long).toEqual([]);
  });

  test('no service reaches into another service, and no service is imported by a library', () => {
    const crossing = all.flatMap((file) =>
      importsOf(readFileSync(`${root}/${file}`, 'utf8'))
        .filter((specifier) =>
          /^@hermes\/(ingest|sql-executor|rule-engine|profile-store|alerting|console)(\/|$)/.test(specifier),
        )
        .map((specifier) => `${file} imports ${specifier}`),
    );
    expect(crossing).toEqual([]);
  });

  test('every library and every service has a README', () => {
    const rooms = sources('{libs,services}/*/package.json').map((file) => file.replace('package.json', 'README.md'));
    const missing = rooms.filter((file) => sources(file).length === 0);
    expect(missing).toEqual([]);
  });

  test('dependencies are exact versions', () => {
    const loose = sources(
      '{package.json,{libs,services}/*/package.json,services/console/web/package.json,{stack,test}/package.json}',
    ).flatMap((file) => {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(`${root}/${file}`, 'utf8')) as {
        dependencies?: Record<string, string>;
        devDependencies?: Record<string, string>;
      };
      return Object.entries({ ...dependencies, ...devDependencies })
        .filter(([, version]) => !/^(npm:[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
        .map(([name, version]) => `${file}: ${name} ${version}`);
    });
    expect(loose).toEqual([]);
  });
});
