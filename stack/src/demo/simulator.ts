import { type City, type Happening, type Step } from './city-state.ts';
import { somethingNew } from './daily-life.ts';
import { dice } from './dice.ts';
import { proceed } from './errands.ts';

/**
 * The next event of the city at `nowMs`, which never goes back. Pure: the same city, instant and run give the same event. What is
 * due (an arrival, the end of a showing, a signature) comes first; else a throw of the dice decides.
 *
 * @param run - marks what is new (appointments, deals, listings), so that two runs of one seed never share an id
 */
export function nextHappening(
  city: City,
  nowMs: number,
  run: string,
): { readonly happening: Happening; readonly city: City } {
  const roll = dice(city.roll);
  const step: Step = {
    city,
    nowMs,
    roll,
    newId: (kind) => `${kind}-${run}-${city.count}`,
    mark: `${run}-${city.count}`,
  };
  const due = city.brokers.findIndex(({ errand }) => errand.untilMs <= nowMs && errand.kind !== 'to-shop');
  const { happening, change } = due >= 0 ? proceed(step, due) : somethingNew(step);
  return { happening, city: { ...city, ...change, roll: roll.state, count: city.count + 1 } };
}
