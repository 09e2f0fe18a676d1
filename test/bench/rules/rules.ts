import { parseArgs } from 'node:util';
import type { Facts } from '@hermes/rules/fact-reads';
import { RuleIndex } from '@hermes/rules/rule-index';
import { textTable } from '../../scenario/text-table.ts';
import type { Bench, BenchResult } from '../bench.ts';
import { medianBy } from '../percentile.ts';
import { seededRandom } from '../seeded-random.ts';
import { hermesRule, type PlainCondition, randomCondition, randomData } from './random-rules.ts';
import { jsonRulesEngine, type Rival, zenEngine } from './rivals.ts';

const SIZES = [10, 100, 1_000, 10_000] as const;
const INTERESTED = 10;
const EVENTS = 997;
const COMPARED_EVENTS = 20;
/** Of a type with more rules than these the first steps of all are taken at once; of others each is asked by itself. */
const EACH_BY_ITSELF = Infinity;
const ALL_AT_ONCE = 0;

interface Event {
  readonly type: number;
  readonly facts: Facts;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Rules, and how many event types they are spread over: each event meets those of one. */
interface RuleSet {
  readonly rules: readonly PlainCondition[];
  readonly types: number;
  readonly events: readonly Event[];
}

function ruleSet(size: number, interested: number, seed: number): RuleSet {
  const random = seededRandom(seed);
  const types = Math.max(1, size / interested);
  return {
    rules: Array.from({ length: size }, () => randomCondition(random)),
    types,
    events: Array.from({ length: EVENTS }, () => {
      const data = randomData(random);
      return { type: Math.floor(random() * types), data, facts: { event: { type: 't', data } } };
    }),
  };
}

/** Rules of one type, with their numbers in the set. */
const ofType = ({ rules, types }: RuleSet, type: number): readonly PlainCondition[] =>
  rules.filter((_, number) => number % types === type);

const typeName = (type: number): string => `type-${String(type)}`;

const indexOf = ({ rules, types }: RuleSet, askedRules?: number): RuleIndex =>
  new RuleIndex(
    rules.map((rule, number) => hermesRule(rule, number, typeName(number % types))),
    askedRules === undefined ? {} : { askedRules },
  );

/** Events per second of processor time, all threads of this process together; the median of the runs. */
async function perCpuSecond(
  { events }: RuleSet,
  settings: { readonly ms: number; readonly runs: number },
  one: (event: Event) => unknown,
): Promise<number> {
  const measure = async (ms: number): Promise<number> => {
    const before = process.cpuUsage();
    const endMs = performance.now() + ms;
    let done = 0;
    // A look at the clock costs a quick engine as much as an event: it gets several for each look.
    while (performance.now() < endMs) {
      const isQuick = done > 100;
      for (let i = 0; i < (isQuick ? 50 : 1); i++) {
        const answer = one(events[done % events.length]!);
        if (answer instanceof Promise) await answer;
        done += 1;
      }
    }
    const { user, system } = process.cpuUsage(before);
    return done / ((user + system) / 1e6);
  };
  await measure(settings.ms);
  const runs: number[] = [];
  for (let run = 0; run < settings.runs; run++) runs.push(await measure(settings.ms));
  return medianBy(runs, (figure) => figure);
}

let fired = 0;
const evaluating =
  (index: RuleIndex) =>
  ({ type, facts }: Event): void =>
    index.evaluate(typeName(type), facts, () => void (fired += 1));

function rivalOf(set: RuleSet, make: (rules: readonly PlainCondition[]) => Rival): (event: Event) => Promise<unknown> {
  const byType = new Map<number, Rival>();
  return ({ type, data }) => {
    let rival = byType.get(type);
    if (rival === undefined) byType.set(type, (rival = make(ofType(set, type))));
    return rival(data);
  };
}

/** @throws Error when engines do not say the same of the same events */
async function checkAgreement(set: RuleSet): Promise<void> {
  const [atOnce, asked] = [indexOf(set, ALL_AT_ONCE), indexOf(set, EACH_BY_ITSELF)];
  const [reference, zen] = [jsonRulesEngine(set.rules), zenEngine(set.rules)];
  for (const { facts, data } of set.events.slice(0, COMPARED_EVENTS)) {
    const firedIn = (index: RuleIndex): string => {
      const rules: number[] = [];
      index.evaluate(typeName(0), facts, ({ id }) => rules.push(Number(id.slice(2))));
      return rules.sort((a, b) => a - b).join();
    };
    const answers = [
      firedIn(atOnce),
      firedIn(asked),
      (await reference(data)).toSorted((a, b) => a - b).join(),
      (await zen(data)).join(),
    ];
    if (new Set(answers).size !== 1) throw new Error(`The engines do not agree on one event: ${answers.join(' | ')}`);
  }
}

interface Row {
  readonly size: number;
  readonly all: number;
  readonly byItself: number;
  readonly ten: number;
  readonly rivals: readonly [number, number, number, number];
}

async function measureSize(size: number, seed: number, settings: { ms: number; runs: number }): Promise<Row> {
  const [everyone, few] = [ruleSet(size, size, seed), ruleSet(size, INTERESTED, seed)];
  // Rivals are many times slower: one run of each.
  const once = { ...settings, runs: 1 };
  return {
    size,
    all: await perCpuSecond(everyone, settings, evaluating(indexOf(everyone))),
    byItself: await perCpuSecond(everyone, settings, evaluating(indexOf(everyone, EACH_BY_ITSELF))),
    ten: await perCpuSecond(few, settings, evaluating(indexOf(few))),
    rivals: [
      await perCpuSecond(everyone, once, rivalOf(everyone, jsonRulesEngine)),
      await perCpuSecond(few, once, rivalOf(few, jsonRulesEngine)),
      await perCpuSecond(everyone, once, rivalOf(everyone, zenEngine)),
      await perCpuSecond(few, once, rivalOf(few, zenEngine)),
    ],
  };
}

async function run(args: readonly string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '1' },
      runs: { type: 'string', default: '5' },
    },
  });
  const seed = Number(values.seed);
  const settings = { ms: Number(values.seconds) * 1_000, runs: Number(values.runs) };
  await checkAgreement(ruleSet(100, 100, seed));
  const rows: Row[] = [];
  for (const size of SIZES) {
    console.error(`${String(size)} rules`);
    rows.push(await measureSize(size, seed, settings));
  }
  const cells = rows.map(({ size, all, byItself, ten, rivals }) =>
    [size, all, byItself, ten, ...rivals].map(Math.round),
  );
  console.log(
    `\nEvents per second of one core; 'all': every rule looks at every event; 'ten': ten rules look at each event's type\n${textTable(
      ['rules', 'all', 'all, each by itself', 'ten', 'json-rules-engine all', 'ten', 'zen-engine all', 'ten'],
      cells,
    )}\n`,
  );
  const at = (size: number): Row => rows.find((row) => row.size === size)!;
  return {
    bench: 'rules',
    allAt1000: Math.round(at(1_000).all),
    tenAt1000: Math.round(at(1_000).ten),
    costRatio: Math.round((at(100).ten / at(10_000).ten) * 100) / 100,
  };
}

export const rules: Bench = {
  about: 'rules against an event: events per second of one core, beside json-rules-engine and zen-engine',
  run,
};
