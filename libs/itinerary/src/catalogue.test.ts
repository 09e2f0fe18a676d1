import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHECKS } from './catalogue.ts';
import { StateCodecError } from './state-codec.ts';
import { anyObservation } from './testing/random-observations.ts';
import { START_MS } from './testing/place-by-km.ts';

const checks = Object.entries(CHECKS);
const CHINESE = /\p{Script=Han}/u;
/** A step of the partition processor holds 64 KB; one state leaves room for others. */
const LARGEST_STATE_BYTES = 32_768;
const FAR_LATER_MS = START_MS + 30 * 86_400_000;

const accepted = (kind: keyof typeof CHECKS, given: unknown = {}) => {
  const read = CHECKS[kind].withParameters(given);
  if (read.kind === 'rejected') throw new Error(JSON.stringify(read.problems));
  return read.check;
};

describe.each(checks)('%s', (name, template) => {
  test('stands under its own name, with titles and units in Chinese and English', () => {
    expect(template.kind).toBe(name);
    const fields = Object.values(template.fields);
    const texts = [
      template.title,
      template.description,
      ...fields.flatMap((field) => [
        field.title,
        ...(field.kind === 'choice' ? field.choices.map(({ title }) => title) : []),
        ...(field.kind === 'number' ? [field.unit] : []),
      ]),
    ];
    for (const { en, zh } of texts) {
      expect(en).toMatch(/[a-z]/);
      expect(zh).toMatch(CHINESE);
    }
  });

  test("a form's defaults are within its own limits, and what is beyond them is refused with its place", () => {
    const defaults = Object.fromEntries(
      Object.entries(template.fields).map(([field, { default: value }]) => [field, value]),
    );
    expect(template.withParameters(defaults).kind).toBe('ok');
    for (const [field, about] of Object.entries(template.fields)) {
      const wrong = about.kind === 'number' ? about.max + 1 : 'no such value';
      const read = template.withParameters({ ...defaults, [field]: wrong });
      expect(read.kind === 'rejected' ? read.problems : []).toContainEqual({
        pointer: `/${field}`,
        message: expect.stringContaining(about.title.en) as string,
      });
    }
    expect(template.withParameters({ noSuch: 1 }).kind).toBe('rejected');
  });

  test('whatever comes, in whatever order: nothing throws, the state stays small, and what is found can be shown', () => {
    const check = accepted(template.kind);
    fc.assert(
      fc.property(fc.array(anyObservation, { minLength: 1, maxLength: 150 }), (observations) => {
        const states = new Map<string, Buffer>();
        const findings = observations.flatMap((observation) => {
          const key = template.keyOf(observation);
          expect(
            key !== undefined ||
              !template.observes.includes(observation.kind) ||
              observation.kind === 'fix' ||
              observation.kind === 'check-in',
          ).toBe(true);
          if (key === undefined) return [];
          const step = check.observe(states.get(key), observation);
          states.set(key, step.bytes);
          expect(step.bytes.length).toBeLessThan(LARGEST_STATE_BYTES);
          return step.findings;
        });
        for (const [key, bytes] of states) {
          const due = check.onDue(bytes, FAR_LATER_MS);
          findings.push(...due.findings);
          expect(due.dueMs).toBeUndefined();
          // What was told of is not told of again.
          expect(check.onDue(due.bytes, FAR_LATER_MS).findings).toEqual([]);
          expect(key).not.toBe('');
        }
        for (const finding of findings) {
          expect(finding.kind).toBe(name);
          expect(finding.strength).toBeGreaterThanOrEqual(1);
          expect(Number.isFinite(finding.strength)).toBe(true);
          expect(Object.values(finding.numbers).every(Number.isFinite)).toBe(true);
          expect(finding.reason.en).not.toMatch(/NaN|undefined|Infinity/);
          expect(finding.reason.zh).toMatch(CHINESE);
          for (const shape of finding.shapes) {
            const points = shape.type === 'Point' ? [shape.coordinates] : shape.coordinates;
            for (const [longitude, latitude] of points) {
              expect(Math.abs(longitude)).toBeLessThanOrEqual(180);
              expect(Math.abs(latitude)).toBeLessThanOrEqual(90);
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test.each([1e308, Infinity, NaN])(
    'a fix that says to be within %d m leaves a state that can be read',
    (accuracyM) => {
      const check = accepted(template.kind);
      const position = { longitude: 120, latitude: 30 };
      const device = { brokerId: 'b-1', deviceId: 'd-1', position, accuracyM };
      let bytes: Buffer | undefined;
      for (let timeMs = START_MS; timeMs < START_MS + 5_000; timeMs += 1_000)
        for (const observation of [
          { ...device, kind: 'fix', timeMs },
          {
            ...device,
            kind: 'check-in',
            timeMs,
            checkInId: String(timeMs),
            listingId: 'l-1',
            listingPosition: position,
          },
        ] as const)
          if (template.observes.includes(observation.kind)) bytes = check.observe(bytes, observation).bytes;
      expect(() => check.onDue(bytes, FAR_LATER_MS)).not.toThrow();
    },
  );

  test('a state of another version, or of another shape, is refused and never guessed at', () => {
    const check = accepted(template.kind);
    const bytes = check.onDue(undefined, 0).bytes;
    const version = bytes[0]!;
    const newer = Buffer.concat([Buffer.of(version + 1), bytes.subarray(1)]);
    expect(() => check.onDue(newer, 0)).toThrow(
      new StateCodecError(
        `The state of ${name} has version ${String(version + 1)}; this code reads ${String(version)}.`,
      ),
    );
    expect(() => check.onDue(Buffer.of(), 0)).toThrow(StateCodecError);
    expect(() => check.onDue(Buffer.concat([Buffer.of(version), Buffer.from('{')]), 0)).toThrow('not JSON');
    expect(() => check.onDue(Buffer.concat([Buffer.of(version), Buffer.from('{"other": 1}')]), 0)).toThrow(
      'another shape',
    );
  });
});

test('parameters that contradict each other are refused', () => {
  expect(CHECKS['unusual-showing-length'].withParameters({ shortestMinutes: 60, longestMinutes: 30 }).kind).toBe(
    'rejected',
  );
  expect(CHECKS['impossible-travel'].withParameters({ drivingKmh: 400 }).kind).toBe('rejected');
  expect(CHECKS.stationary.withParameters({ workFromHour: 18, workUntilHour: 9 }).kind).toBe('rejected');
  expect(CHECKS.stationary.withParameters({ timeZone: 'Mars/Olympus' })).toMatchObject({
    kind: 'rejected',
    problems: [{ pointer: '/timeZone', message: expect.stringContaining('Asia/Shanghai') as string }],
  });
});
