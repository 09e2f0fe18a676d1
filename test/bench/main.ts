/** `npm run bench -- NAME [options]`: runs one bench; its last line is one JSON object. */
import type { Bench } from './bench.ts';

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  backtest: async () => (await import('./backtest/backtest.ts')).backtest,
  delivery: async () => (await import('./delivery/delivery.ts')).delivery,
  e2e: async () => (await import('./e2e/e2e.ts')).e2e,
  itinerary: async () => (await import('./itinerary/itinerary.ts')).itinerary,
  nexmark: async () => (await import('./nexmark/nexmark.ts')).nexmark,
  profiles: async () => (await import('./profiles/profiles.ts')).profiles,
  rules: async () => (await import('./rules/rules.ts')).rules,
  'rules-live': async () => (await import('./rules-live/rules-live.ts')).rulesLive,
};

const [name = '', ...args] = process.argv.slice(2);
const load = benches[name];
if (load === undefined) {
  for (const [known, bench] of Object.entries(benches)) console.error(`${known.padEnd(10)} ${(await bench()).about}`);
  console.error(name === '' ? 'Name a bench.' : `There is no bench called "${name}".`);
  process.exit(2);
}
try {
  const result = await (await load()).run(args);
  console.log(JSON.stringify(result));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
process.exit(0);
