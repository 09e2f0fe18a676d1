import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BY, countDraft, FeaturesRoom, problemOf, type PublishedSet } from '../testing/features-room.ts';
import { LeaseSweep } from './lease-sweep.ts';
import { SubscriptionsService } from './subscriptions.service.ts';

let room: FeaturesRoom;
beforeAll(async () => {
  room = await FeaturesRoom.open();
});
afterAll(() => room.close());
beforeEach(() => room.begin());

describe('subscriptions', () => {
  const service = (): SubscriptionsService =>
    new SubscriptionsService(room.subscriptions, room.features, room.publisher);
  const subscribed = (what: string, slots: readonly number[]): Promise<PublishedSet> =>
    room.inForce(what, ({ status }) => status.subscribed.join() === slots.join());

  test('name every version that counts of their features, until they are deleted', async () => {
    await room.live('showings');
    await room.live('deals');
    const put = await service().put(room.project, 'page', { features: ['showings'] }, BY);
    expect(put).toMatchObject({ isNew: true, subscription: { id: 'page', features: ['showings'], by: BY } });
    await subscribed('the live version', [1]);
    await room.publish('showings', countDraft({ name: 'Newer' }));
    await subscribed('both versions', [1, 3]);
    await service().put(room.project, 'page', { features: ['deals', 'showings'] }, BY);
    await subscribed('both features', [1, 2, 3]);
    expect((await service().list(room.project)).map(({ features: names }) => names)).toEqual([['deals', 'showings']]);
    await service().delete(room.project, 'page', BY);
    await subscribed('none', []);
    expect(await problemOf(service().delete(room.project, 'page', BY))).toMatchObject({ status: 404 });
  });

  test('of a feature that is not published are refused, with the nearest that is', async () => {
    await room.publish('showings');
    const refused = problemOf(service().put(room.project, 'page', { features: ['showing'] }, BY));
    expect(await refused).toMatchObject({ status: 404, detail: expect.stringContaining("'showings'") as string });
  });

  test('leases end by themselves, unless they are renewed; renewals publish nothing', async () => {
    await room.live('showings');
    const sweep = new LeaseSweep(room.subscriptions, room.logger, 50);
    expect(await service().lease(room.project, 'c-1', ['showings'], Date.now() + 1_500)).toBe('leased');
    const { revision } = await subscribed('the lease', [1]);
    await service().lease(room.project, 'c-2', ['showings'], Date.now() + 300);
    await service().lease(room.project, 'c-1', ['showings'], Date.now() + 1_500);
    await new Promise((resolve) => setTimeout(resolve, 600));
    // The second one has ended, and the first one still wants the same.
    expect(room.follower.get(room.follower.latest)).toMatchObject({ revision, status: { subscribed: [1] } });
    await subscribed('it has ended', []);
    expect(await service().lease(room.project, 'c-3', ['showings'], Date.now() + 60_000)).toBe('leased');
    await subscribed('a new one', [1]);
    expect(await service().endLease(room.project, 'c-3')).toBe('ended');
    await subscribed('it was ended', []);
    await sweep.close();
  });
});
