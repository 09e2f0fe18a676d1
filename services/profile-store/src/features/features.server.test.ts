import { FEATURE_STATUS_ID } from '@hermes/contracts/feature';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { BY, countDraft, FeaturesRoom, FILLED, problemOf } from '../testing/features-room.ts';
import { openFeaturePublisher, publishedFeatures } from './feature-publication.ts';
import { FeaturesRepository } from './features.repository.ts';

let room: FeaturesRoom;
beforeAll(async () => {
  room = await FeaturesRoom.open();
});
afterAll(() => room.close());
beforeEach(() => room.begin());

describe('the life of a feature', () => {
  test('a draft counts nowhere; a version is filled, then answered, and the one before goes only then', async () => {
    const saved = await room.features.saveDraft(room.project, 'showings', countDraft(), BY);
    expect(saved).toMatchObject({ isNew: true, revision: 1, view: { status: 'draft', draftBy: BY, published: null } });
    const first = await room.features.publish(room.zoned(), 'showings', BY);
    expect(first.view).toMatchObject({
      status: 'filling',
      draft: null,
      published: null,
      filling: { version: 1, feature: { slot: 1, timeZone: 'Asia/Shanghai' }, reason: null, partitions: [] },
    });
    const filling = await room.inForce('the first version', ({ members }) => members.length === 1);
    expect([filling.members, filling.status.live]).toEqual([['showings/1'], {}]);
    expect(filling.set.bySlot.get(1)?.feature).toEqual(first.view.filling!.feature);
    expect(await room.features.filling(room.project)).toEqual([{ id: 'showings', version: 1, slot: 1 }]);

    expect(await room.features.markLive(room.project, 'showings', 1, FILLED)).toBe(true);
    expect(await room.features.markLive(room.project, 'showings', 1, FILLED)).toBe(false);
    expect((await room.features.get(room.project, 'showings')).view).toMatchObject({
      status: 'live',
      published: { version: 1 },
      filling: null,
      filled: { version: 1, keptSince: FILLED.keptSince, partitions: FILLED.partitions },
    });

    await room.publish('showings', countDraft({ window: { kind: 'sliding', length: '7d' } }));
    const both = await room.inForce('both versions', ({ members }) => members.length === 2);
    expect([both.members, both.status.live]).toEqual([['showings/1', 'showings/2'], { showings: 1 }]);
    await room.features.markLive(room.project, 'showings', 2, FILLED);
    const second = await room.inForce('the second version alone', ({ status }) => status.live['showings'] === 2);
    expect(second.members).toEqual(['showings/2']);
    expect([...second.set.bySlot.keys()]).toEqual([2]);
    const versions = await room.features.versions(room.project, 'showings');
    expect(versions.map(({ feature, replacedAt }) => [feature.version, feature.slot, replacedAt !== null])).toEqual([
      [2, 2, false],
      [1, 1, true],
    ]);
  });

  test('the same again publishes nothing, and a draft equal to what is published is none', async () => {
    await room.live('showings');
    const before = await room.inForce('it is live', ({ status }) => status.live['showings'] === 1);
    const again = await room.features.saveDraft(room.project, 'showings', countDraft(), BY);
    expect(again).toMatchObject({ isNew: false, view: { draft: null, status: 'live' } });
    expect((await room.features.publish(room.zoned(), 'showings', BY)).view).toMatchObject({
      filling: null,
      published: { version: 1 },
    });
    await room.features.saveDraft(room.project, 'showings', countDraft({ name: 'Others' }), BY);
    expect((await room.features.saveDraft(room.project, 'showings', countDraft(), BY)).view.draft).toBeNull();
    expect((await room.pool.query('SELECT revision FROM profile_store.publication_state')).rows).toContainEqual({
      revision: String(before.revision),
    });
  });

  test('a calendar window is published again when the time zone of the project has changed, and only then', async () => {
    const monthly = countDraft({ window: { kind: 'calendar', period: 'month' } });
    await room.live('month', monthly);
    await room.live('showings');
    expect((await room.features.publish(room.zoned(), 'month', BY)).view.filling).toBeNull();
    expect((await room.features.publish(room.zoned('Europe/Berlin'), 'showings', BY)).view.filling).toBeNull();
    const { filling } = (await room.features.publish(room.zoned('Europe/Berlin'), 'month', BY)).view;
    expect(filling).toMatchObject({ version: 2, feature: { timeZone: 'Europe/Berlin' } });
  });

  test('the answered version published again withdraws the one that is being filled', async () => {
    await room.live('showings');
    await room.publish('showings', countDraft({ name: 'A mistake' }));
    expect(await room.publish('showings')).toMatchObject({ status: 'live', published: { version: 1 }, filling: null });
    expect(await room.features.markLive(room.project, 'showings', 2, FILLED)).toBe(false);
    const withdrawn = await room.inForce(
      'one version',
      ({ members, revision }) => members.length === 1 && revision >= 4,
    );
    expect(withdrawn.members).toEqual(['showings/1']);
  });

  test('a newer version takes the place of one that is being filled', async () => {
    await room.publish('showings');
    const { filling } = await room.publish('showings', countDraft({ name: 'Better' }));
    expect(filling).toMatchObject({ version: 2, feature: { slot: 2 } });
    expect(await room.features.filling(room.project)).toEqual([{ id: 'showings', version: 2, slot: 2 }]);
    expect(await room.features.markLive(room.project, 'showings', 1, FILLED)).toBe(false);
  });

  test('an archived feature is gone from the set; its past stays, and it can come back with another slot', async () => {
    await room.live('showings');
    await room.features.archive(room.project, 'showings', BY);
    const gone = await room.inForce('nothing', ({ members, revision }) => members.length === 0 && revision >= 3);
    expect(gone.status.live).toEqual({});
    expect(await problemOf(room.features.get(room.project, 'showings'))).toMatchObject({ status: 404 });
    expect(await room.features.versions(room.project, 'showings')).toHaveLength(1);
    const back = await room.publish('showings');
    expect(back.filling).toMatchObject({ version: 2, feature: { slot: 2 } });
  });

  test('the audit says who changed what, from what to what', async () => {
    await room.live('showings');
    await room.publish('showings', countDraft({ name: 'Other' }));
    await room.features.archive(room.project, 'showings', 'owner@example.org');
    const audit = await room.features.audit(room.project, 'showings', 100);
    expect(audit.map(({ by, what, version, before, after }) => [by, what, version, before?.name, after?.name])).toEqual(
      [
        ['owner@example.org', 'archived', 2, 'Other', undefined],
        [BY, 'published', 2, 'Showings', 'Other'],
        [BY, 'draft-saved', null, 'Showings', 'Other'],
        ['service:profile-store', 'live', 1, undefined, 'Showings'],
        [BY, 'published', 1, undefined, 'Showings'],
        [BY, 'draft-saved', null, undefined, 'Showings'],
      ],
    );
  });

  test('what is known of a fill is told until it is done', async () => {
    const { filling } = await room.publish('showings');
    const { slot } = filling!.feature;
    room.features.noteFillTrouble(room.project, slot, 'the history is behind');
    room.features.noteFillProgress(room.project, slot, { partition: 1, cut: 8, events: 3, done: false });
    room.features.noteFillProgress(room.project, slot, { partition: 0, cut: 5, events: 1, done: true });
    expect((await room.features.get(room.project, 'showings')).view.filling).toMatchObject({
      reason: 'the history is behind',
      partitions: [{ partition: 0, done: true }, { partition: 1 }],
    });
    room.features.noteFillTrouble(room.project, slot, null);
    expect((await room.features.list(room.project))[0]!.filling!.reason).toBeNull();
  });
});

describe('ratios', () => {
  const ratio = countDraft({ eventTypes: [], compute: { kind: 'ratio', numerator: 'deals', denominator: 'showings' } });

  test('are answered at once, name published numbers, and keep them from being archived or becoming something else', async () => {
    await room.live('showings');
    const saved = await room.features.saveDraft(room.project, 'rate', ratio, BY);
    expect(saved.view.warnings).toMatchObject([{ pointer: '/compute/numerator' }]);
    expect(await problemOf(room.features.publish(room.zoned(), 'rate', BY))).toMatchObject({
      status: 400,
      code: 'invalid-feature',
      extra: { errors: [{ pointer: '/compute/numerator', code: 'unknown-feature' }] },
    });
    await room.publish('deals');
    expect(await room.publish('rate', ratio)).toMatchObject({
      status: 'live',
      published: { version: 1 },
      filled: null,
      warnings: [],
    });
    await room.inForce('the ratio', ({ status }) => status.live['rate'] === 1);
    expect(await problemOf(room.features.archive(room.project, 'deals', BY))).toMatchObject({
      status: 409,
      code: 'in-use',
      extra: { usedBy: ['rate'] },
    });
    await room.features.saveDraft(
      room.project,
      'deals',
      countDraft({ compute: { kind: 'last', path: '$.data.x' } }),
      BY,
    );
    expect(await problemOf(room.features.publish(room.zoned(), 'deals', BY))).toMatchObject({
      status: 409,
      code: 'in-use',
    });
    await room.features.archive(room.project, 'rate', BY);
    await room.features.archive(room.project, 'deals', BY);
  });
});

describe('two at once', () => {
  test('publications from several processes get different versions and slots, and all are published', async () => {
    const others = Array.from({ length: 4 }, () => openPostgres(room.database.url, { maxConnections: 2 }));
    await Promise.all(
      Array.from({ length: 24 }, async (_, i) => {
        const theirs = new FeaturesRepository(others[i % 4]!);
        const id = `f-${i % 3}`;
        await theirs.saveDraft(room.project, id, countDraft({ name: `Name ${i}` }), BY);
        await theirs.publish(room.zoned(), id, BY);
      }),
    );
    await Promise.all(others.map((other) => other.end()));
    const { rows } = await room.pool.query<{ id: string; version: number; slot: number }>(
      'SELECT id, version, slot FROM profile_store.feature_versions WHERE project = $1 ORDER BY slot',
      [room.project],
    );
    expect(rows.map(({ slot }) => slot)).toEqual(rows.map((_, i) => i + 1));
    for (const id of ['f-0', 'f-1', 'f-2']) {
      const versions = rows.filter((row) => row.id === id).map(({ version }) => version);
      expect(versions).toEqual(versions.map((_, i) => i + 1));
    }
    const newest = (await room.features.filling(room.project)).map(({ id, version }) => `${id}/${version}`).sort();
    expect((await room.inForce('the newest', ({ members }) => members.join() === newest.join())).members).toEqual(
      newest,
    );
  });

  test('of several who change the same version at once one is right, and one draft published by several is one version', async () => {
    const { revision } = await room.features.saveDraft(room.project, 'showings', countDraft(), BY);
    const saved = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((i) =>
        room.repository.saveDraft(room.project, 'showings', countDraft({ name: `Name ${i}` }), BY, revision),
      ),
    );
    expect(saved.map(({ kind }) => kind).sort()).toEqual([...Array<string>(5).fill('conflict'), 'saved']);
    const published = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(() => room.repository.publish(room.zoned(), 'showings', BY)),
    );
    expect(published.map(({ kind }) => kind).sort()).toEqual(['published', ...Array<string>(5).fill('unchanged')]);
  });

  test('who changes what somebody else has changed meanwhile is told so', async () => {
    const { revision } = await room.features.saveDraft(room.project, 'showings', countDraft(), BY);
    await room.features.saveDraft(room.project, 'showings', countDraft({ name: 'Faster' }), BY, revision);
    const conflict = { status: 412, code: 'version-conflict' };
    expect(
      await problemOf(room.features.saveDraft(room.project, 'showings', countDraft({ name: 'x' }), BY, revision)),
    ).toMatchObject(conflict);
    expect(await problemOf(room.features.publish(room.zoned(), 'showings', BY, revision))).toMatchObject(conflict);
    expect(await problemOf(room.features.archive(room.project, 'showings', BY, revision))).toMatchObject(conflict);
    expect(await problemOf(room.features.saveDraft(room.project, 'none', countDraft(), BY, 1))).toMatchObject(conflict);
    expect((await room.features.publish(room.zoned(), 'showings', BY, revision + 1)).view.filling?.feature.name).toBe(
      'Faster',
    );
  });

  test('what is published is of the moment of its revision, whatever is changed while it is read, and does not depend on the clock', async () => {
    await room.live('showings');
    await room.subscriptions.lease(room.project, 'c-1', ['showings'], Date.now() - 1_000);
    const client = await room.pool.connect();
    onTestFinished(() => client.release());
    const before = await publishedFeatures(client, room.project);
    const inBetween = {
      query: async (...asked: Parameters<typeof client.query>) => {
        const answer: unknown = await client.query(...asked);
        if (String(asked[0]).includes('publication_state')) {
          await room.subscriptions.endExpired();
          await room.repository.archive(room.project, 'showings', BY);
        }
        return answer;
      },
    };
    expect(await publishedFeatures(inBetween as unknown as typeof client, room.project)).toEqual(before);
    const status = (members: typeof before) => members.find(({ id }) => id === FEATURE_STATUS_ID)!;
    expect(JSON.parse(String(status(before).value))).toEqual({
      live: { showings: 1 },
      subscribed: [1],
      groups: ['main'],
    });
    const after = await publishedFeatures(client, room.project);
    expect(status(after).version).toBeGreaterThan(status(before).version);
    expect(after).toHaveLength(1);
  });

  test('a status under one revision never changes, however often and by whomever it is published', async () => {
    const second = openFeaturePublisher(room.pool, room.kafka, room.logger);
    let isChanging = true;
    const publishing = (async () => {
      // As a process that has just started does: whatever was noted before.
      while (isChanging) await Promise.all([room.publisher, second].map((one) => one.publishSoon(room.project)));
    })();
    for (let i = 0; i < 12; i++) {
      await room.subscriptions.lease(room.project, `c-${i}`, [`f-${i}`], Date.now() + 60_000);
      await room.repository.saveDraft(room.project, `f-${i}`, countDraft(), BY);
      await room.repository.publish(room.zoned(), `f-${i}`, BY);
      await room.repository.markLive(room.project, `f-${i}`, 1, FILLED, BY);
    }
    isChanging = false;
    await publishing;
    await second.close();
    // A contradiction would leave the topic behind for ever.
    const all = await room.inForce('all of them', ({ status }) => Object.keys(status.live).length === 12);
    expect(all.status.subscribed).toHaveLength(12);
  });
});

describe('what is committed is published', () => {
  test('also when the process was killed between the commit and the publication', async () => {
    await room.publisher.close();
    await room.repository.saveDraft(room.project, 'showings', countDraft(), BY);
    await room.repository.publish(room.zoned(), 'showings', BY);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(room.follower.latest === 0 || room.follower.get(room.follower.latest)?.members.length === 0).toBe(true);
    room.startPublisher();
    await room.inForce('the feature', ({ members }) => members.includes('showings/1'));
  });

  test('a version never changes, whoever tries', async () => {
    await room.publish('showings');
    const change = `UPDATE profile_store.feature_versions SET definition = '{}' WHERE project = $1`;
    await expect(room.pool.query(change, [room.project])).rejects.toThrow('a feature version never changes');
    const remove = 'DELETE FROM profile_store.feature_versions WHERE project = $1';
    await expect(room.pool.query(remove, [room.project])).rejects.toThrow('a feature version never changes');
  });

  test('with PostgreSQL away people are told so, and it goes on when it is back', async () => {
    await room.publish('showings');
    room.proxy.break();
    expect(await problemOf(room.features.list(room.project))).toMatchObject({ status: 503, code: 'unavailable' });
    expect(await problemOf(room.features.saveDraft(room.project, 'x', countDraft(), BY))).toMatchObject({
      status: 503,
    });
    room.proxy.mend();
    await eventually('it is back', () => room.features.list(room.project).catch(() => undefined));
    await room.publish('deals');
    await room.inForce('both', ({ members }) => members.length === 2);
  });
});
