import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Feature, type FeatureDraft } from '@hermes/contracts/feature';
import { FeatureView } from '@hermes/contracts/feature-api';
import type { Profile, ProfileFeatures } from '@hermes/contracts/profile';
import { intervalOf, type PlainEvent, recompute } from '@hermes/profiles/testing/recompute';
import { IngestClient } from '@hermes/stack/api/ingest-client';
import { sharedHermes, type TestHermes } from '@hermes/stack/testing/hermes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { diceOf } from '../chaos/dice.ts';
import { type FreshProject, makeFreshProject } from '../scenario/fresh-project.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const base = mkdtempSync(join(tmpdir(), 'hermes-features-'));
let hermes: TestHermes;

const filter = { all: [{ fact: 'event' as const, path: '$.data.price', operator: 'greaterThan' as const, value: 20 }] };
const over20 = (event: PlainEvent): boolean => Number(event.data['price']) > 20;
const path = '$.data.price';
const eventTypes = ['deal.signed', 'deal.moved'];

type Draft = z.input<typeof FeatureDraft>;
/** Published in two rounds: before the first event, and in the midst of them. */
const DRAFTS: Readonly<Record<string, Draft>> = {
  deals: { name: 'Deals', eventTypes, compute: { kind: 'count' } },
  value_7d: { name: 'Value', eventTypes, compute: { kind: 'sum', path }, window: { kind: 'sliding', length: '7d' } },
  dear_deals_1d: {
    name: 'Dear',
    eventTypes,
    filter,
    compute: { kind: 'count' },
    window: { kind: 'sliding', length: '1d' },
  },
  mean: { name: 'Mean', eventTypes, compute: { kind: 'avg', path } },
  least_1h: { name: 'Least', eventTypes, compute: { kind: 'min', path }, window: { kind: 'sliding', length: '1h' } },
  most: { name: 'Most', eventTypes: ['deal.signed'], compute: { kind: 'max', path }, group: 'apart' },
  last_3: { name: 'Last', eventTypes, compute: { kind: 'last-n', path, n: 3 } },
  districts_30d: {
    name: 'Districts',
    eventTypes,
    compute: { kind: 'distinct-count', path: '$.data.district' },
    window: { kind: 'sliding', length: '30d' },
  },
  top: { name: 'Top', eventTypes, compute: { kind: 'top-k', path: '$.data.district', k: 2 } },
  smooth: { name: 'Smooth', eventTypes, compute: { kind: 'ewma', path, halfLife: '12h' } },
  first_district: { name: 'First', eventTypes, compute: { kind: 'set-once', path: '$.data.district' } },
  this_month: {
    name: 'Month',
    eventTypes,
    compute: { kind: 'count' },
    window: { kind: 'calendar', period: 'month' },
    lateLimit: '2d',
  },
};
const FIRST_ROUND = ['deals', 'value_7d', 'most', 'districts_30d'];
const KEYED: Draft = {
  name: 'Deals of a district',
  eventTypes,
  key: { kind: 'field', path: '$.data.district', entity: 'district' },
  compute: { kind: 'sum', path },
};

beforeAll(async () => {
  hermes = await sharedHermes(join(base, 'data'));
});
afterAll(async () => {
  await hermes.stop();
  rmSync(base, { recursive: true, force: true });
});

describe.each([1, 8])('features of a project with %i partitions', (partitions) => {
  const project = `features-${String(partitions)}-${randomUUID().slice(0, 6)}`;
  let fresh: FreshProject;

  const service = async (method: string, at: string, body?: unknown): Promise<unknown> =>
    (await fresh.client.service('profile-store', method, `projects/${project}/${at}`, body)).json();
  const publish = async (id: string, draft: Draft): Promise<void> => {
    await service('PUT', `features/${id}`, draft);
    await service('POST', `features/${id}/publish`);
  };
  const live = async (id: string): Promise<FeatureView> => {
    const endMs = Date.now() + 120_000;
    for (;;) {
      const view = FeatureView.parse(await service('GET', `features/${id}`));
      if (view.status === 'live') return view;
      if (Date.now() > endMs) throw new Error(`${id} is ${view.status}: ${JSON.stringify(view.filling)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const read = async (subject: string, query = ''): Promise<Profile & ProfileFeatures> => {
    const response = await fetch(
      `${hermes.url('PROFILE_STORE_URL')}/v1/projects/${project}/profiles/${encodeURIComponent(subject)}${query}`,
      { headers: { authorization: `Bearer ${fresh.readKey}` } },
    );
    expect(response.status, await response.clone().text()).toBe(200);
    return (await response.json()) as Profile & ProfileFeatures;
  };

  /** Every accepted event, as history has it: the raw material of the recomputation. */
  const history = async (): Promise<readonly PlainEvent[]> => {
    const response = await fetch(`${hermes.url('INGEST_URL')}/v1/projects/${project}/events?complete=true`, {
      headers: { authorization: `Bearer ${fresh.readKey}` },
    });
    expect(response.status).toBe(200);
    return (await response.text())
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const { time, receivedat, ...event } = JSON.parse(line) as PlainEvent & { time: string; receivedat: string };
        return { ...event, timeMs: Date.parse(time), receivedAtMs: Date.parse(receivedat) };
      });
  };

  test('published while events flow are exact to the last event: late, repeated and out of order ones included', async () => {
    fresh = await makeFreshProject(hermes, { id: project, partitions, eventTypes: {}, rules: {}, receivers: [] });
    for (const id of FIRST_ROUND) await publish(id, DRAFTS[id]!);
    const dice = diceOf(7);
    const ingest = new IngestClient(hermes.url('INGEST_URL'), fresh.writeKey);
    const subjects = Array.from({ length: 12 }, (_, i) => `customer:c-${String(i)}`);
    let stopped = false;
    let sent = 0;
    const flowing = (async () => {
      while (!stopped) {
        const events = Array.from({ length: 40 }, () => {
          sent += 1;
          const ageMs = [0, 500, 20_000, 3 * HOUR, 5 * DAY, 29 * DAY, 200 * DAY][Math.floor(dice() * 7)]!;
          return {
            specversion: '1.0' as const,
            // One in twenty is a repeat of an earlier one.
            id: `e-${String(dice() < 0.05 ? Math.floor(dice() * sent) : sent)}`,
            source: 'features-test',
            type: eventTypes[Math.floor(dice() * 2)]!,
            subject: subjects[Math.floor(dice() * dice() * subjects.length)]!,
            time: new Date(Date.now() - Math.floor(ageMs * (0.5 + dice()))).toISOString(),
            data: {
              price: dice() < 0.3 ? `${String(Math.floor(dice() * 100))}.25` : Math.floor(dice() * 100) / 10,
              district: ['haidian', 'chaoyang', '西城', 'fengtai'][Math.floor(dice() * dice() * 4)]!,
            },
          };
        });
        await ingest.send(events);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    for (const [id, draft] of Object.entries(DRAFTS)) if (!FIRST_ROUND.includes(id)) await publish(id, draft);
    await publish('district_value', KEYED);
    await live('value_7d');
    // A new version of one that is answered: the old one is, until the new one has been filled.
    await publish('value_7d', { ...DRAFTS['value_7d']!, window: { kind: 'sliding', length: '10d' } });
    expect((await read(subjects[0]!, '?features=value_7d')).features['value_7d']?.version).toBe(1);
    const views = await Promise.all([...Object.keys(DRAFTS), 'district_value'].map(live));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    stopped = true;
    await flowing;
    const all = await history();
    expect(all.length).toBeGreaterThan(1_000);
    // The newest event of each subject is in the profile once its count is.
    const settledBy = Date.now() + 20_000;
    for (const subject of subjects) {
      const expected = all.filter((event) => event.subject === subject).length;
      while (expected > 0 && Object.values((await read(subject)).counts).reduce((a, b) => a + b, 0) !== expected) {
        expect(Date.now()).toBeLessThan(settledBy);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    const features = new Map(views.map(({ published }) => [published!.id, Feature.parse(published)]));
    expect(features.get('value_7d')?.version).toBe(2);
    for (const subject of subjects) {
      const mine = all.filter((event) => event.subject === subject);
      const { features: values } = await read(subject);
      for (const id of Object.keys(DRAFTS)) {
        const feature = features.get(id)!;
        const { value, late, interval, version } = values[id]!;
        if (feature.window.kind !== 'calendar') {
          // Computed for the interval that the answer names: `nowMs` is an instant within its last tile.
          const nowMs = interval.to === null ? Date.now() : Date.parse(interval.to) - 1;
          const expected = recompute(feature, mine, nowMs, id === 'dear_deals_1d' ? over20 : undefined);
          const { fromMs } = intervalOf(feature, nowMs);
          expect([id, subject, interval.from]).toEqual([
            id,
            subject,
            fromMs === null ? null : new Date(fromMs).toISOString(),
          ]);
          if (typeof expected.value === 'number')
            expect(value as number, `${id} of ${subject}`).toBeCloseTo(expected.value, 6);
          else expect(value, `${id} of ${subject}`).toEqual(expected.value);
          expect(late ?? 0, `${id} of ${subject}, late`).toBe(expected.late);
        } else {
          // The project's month, in Shanghai.
          const within = mine.filter(
            ({ timeMs, receivedAtMs }) =>
              timeMs >= Date.parse(interval.from!) &&
              timeMs < Date.parse(interval.to!) &&
              receivedAtMs - timeMs <= 2 * DAY,
          );
          expect(interval.from!.slice(10)).toBe('T16:00:00.000Z');
          expect(value).toBe(within.length);
        }
        expect(version).toBe(feature.version);
      }
    }
    for (const district of ['haidian', 'chaoyang', '西城', 'fengtai']) {
      const mine = all.filter(({ data }) => data['district'] === district);
      const total = recompute(features.get('district_value')!, mine, Date.now()).value as number;
      const settled = async (): Promise<unknown> =>
        (await read(`district:${district}`, '?features=district_value')).features['district_value']?.value;
      await expect.poll(settled, { timeout: 10_000 }).toBeCloseTo(total, 6);
    }
  }, 240_000);

  test('asked for as of an instant, a profile is what it was then', async () => {
    const subject = 'customer:past';
    const ingest = new IngestClient(hermes.url('INGEST_URL'), fresh.writeKey);
    const send = (id: string, price: number): Promise<unknown> =>
      ingest.send([
        {
          specversion: '1.0',
          id,
          source: 'past',
          type: 'deal.signed',
          subject,
          time: new Date().toISOString(),
          data: { price, district: 'past' },
        },
      ]);
    const value = async (query = ''): Promise<unknown> =>
      (await read(subject, `?features=deals,mean${query}`)).features['mean']?.value ?? null;
    await send('p-1', 10);
    await expect.poll(() => value(), { timeout: 10_000 }).toBe(10);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const at = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await send('p-2', 20);
    await expect.poll(() => value(), { timeout: 10_000 }).toBe(15);
    expect(await value(`&at=${at}`)).toBe(10);
    const before = await read(subject, `?features=deals&at=${new Date(Date.parse(at) - HOUR).toISOString()}`);
    expect([before.known, before.features]).toEqual([false, {}]);
  }, 60_000);

  test('an unknown feature is answered with the nearest one, an unknown subject with known: false', async () => {
    const ask = (query: string): Promise<Response> =>
      fetch(`${hermes.url('PROFILE_STORE_URL')}/v1/projects/${project}/profiles/customer%3Anobody${query}`, {
        headers: { authorization: `Bearer ${fresh.readKey}` },
      });
    const unknown = await ask('?features=deal');
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ code: 'unknown-feature', didYouMean: ['deals'] });
    expect(await (await ask('?features=deals')).json()).toEqual({
      project,
      subject: 'customer:nobody',
      known: false,
      features: {},
    });
  });
});
