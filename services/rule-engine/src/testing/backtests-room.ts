import type { RuleDraft } from '@hermes/contracts/rule';
import { Backtest, BacktestView } from '@hermes/contracts/rule-backtest';
import { eventually } from '@hermes/service-kit/testing/service-process';
import type { FeaturesRoom } from './features-room.ts';
import { asking } from './features-room.ts';

/** Fires on every event of type `a`: once it has decided on one, all before it were decided. */
const MARKER = 'marker';

/** A rule on events of type `a` above a price. */
export const above = (price: number, more: Partial<RuleDraft> = {}): RuleDraft => ({
  name: `Above ${price}`,
  eventTypes: ['a'],
  conditions: { all: [{ fact: 'event', path: '$.data.price', operator: 'greaterThan', value: price }] },
  event: { type: 'above' },
  severity: 'info',
  alert: false,
  tests: [{ name: 'above', event: { data: { price: price + 1 } }, features: { deals: 100 }, fires: true }],
  ...more,
});

/** The same, from the subject's third event on. */
export const often = (price: number, more: Partial<RuleDraft> = {}): RuleDraft =>
  above(price, {
    conditions: {
      all: [
        { fact: 'event', path: '$.data.price', operator: 'greaterThan', value: price },
        { fact: 'feature', params: { id: 'deals' }, operator: 'greaterThanInclusive', value: 3 },
      ],
    },
    ...more,
  });

/** Asks a room for backtests. */
export class BacktestsRoom {
  private readonly room: FeaturesRoom;
  constructor(room: FeaturesRoom) {
    this.room = room;
  }

  /** Writes events, and resolves when live has decided on all of them. */
  async decided(count: number): Promise<void> {
    const { room } = this;
    await room.put(MARKER, asking());
    await room.inForce(MARKER);
    await room.write(count);
    await eventually(
      'live has decided on everything',
      () => {
        const seen = new Set(room.decisionsOf(MARKER).map(({ event }) => event.id));
        return room.arrived.every(({ id, type }) => type !== 'a' || seen.has(id)) || undefined;
      },
      40_000,
    );
  }

  async request(path: string, body: unknown): Promise<Backtest> {
    const answer = await this.room.call('POST', path, body);
    if (answer.status !== 202) throw new Error(`${answer.status} ${await answer.text()}`);
    return Backtest.parse(await answer.json());
  }

  async view(path: string, { id }: Pick<Backtest, 'id'>): Promise<BacktestView> {
    const answer = await this.room.call('GET', `${path}/${id}`);
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return BacktestView.parse(await answer.json());
  }

  /** Resolves when it is as asked, and says what it is. */
  reached(path: string, backtest: Pick<Backtest, 'id'>, state: Backtest['state']): Promise<BacktestView> {
    return eventually(
      `backtest is ${state}`,
      async () => {
        const view = await this.view(path, backtest);
        if (view.state === 'failed' && state !== 'failed') throw new Error(JSON.stringify(view.problem));
        return view.state === state ? view : undefined;
      },
      60_000,
    );
  }

  async ran(path: string, body: unknown): Promise<NonNullable<BacktestView['result']>> {
    const { result } = await this.reached(path, await this.request(path, body), 'done');
    if (result === null) throw new Error('it is done without a result');
    return result;
  }
}
