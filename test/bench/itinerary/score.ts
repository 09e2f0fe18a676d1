import type { Finding } from '@hermes/itinerary/finding';

/** An anomaly that was put in. */
export interface Label {
  /** Whose findings may tell of it. */
  readonly key: string;
  readonly fromMs: number;
  /** An alarm until then tells of it, be it of the way back. */
  readonly untilMs: number;
  /** It is found by an alarm until then: the way back is another jump, of a strength that nobody drew. */
  readonly foundUntilMs: number;
  /** How many times the limit. */
  readonly strength: number;
}

/** Something put in that is no anomaly, however it looks. */
export interface Decoy {
  readonly key: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface Alarm {
  readonly key: string;
  readonly finding: Finding;
}

/** By strength: a label's own for recall, the finding's for precision. */
export interface Score {
  readonly from: number;
  readonly to: number;
  readonly labels: number;
  readonly found: number;
  readonly alarms: number;
  /** Alarms that tell of an anomaly. */
  readonly right: number;
  /** Of no anomaly, at a speed that fits a train or a plane. */
  readonly explained: number;
  readonly wrong: number;
}

export const BUCKETS = [
  [0, 1.2],
  [1.2, 1.5],
  [1.5, 2],
  [2, 3],
  [3, 5],
  [5, Infinity],
] as const;
export const ABOVE_TWICE = [2, Infinity] as const;

interface Span {
  readonly key: string;
  readonly fromMs: number;
  readonly untilMs: number;
}
const covers = (span: Span, { key, finding }: Alarm): boolean =>
  span.key === key && finding.timeMs >= span.fromMs && finding.timeMs <= span.untilMs;
const isFoundBy = (label: Label, alarm: Alarm): boolean => covers({ ...label, untilMs: label.foundUntilMs }, alarm);

const isTrainOrPlane = ({ finding }: Alarm): boolean =>
  finding.labels['explainedBy'] === 'train' || finding.labels['explainedBy'] === 'plane';

/** What was put in, and whether it was told of; what was told, and whether it is so. */
export interface Judged {
  readonly labels: readonly { readonly strength: number; readonly isFound: boolean }[];
  readonly alarms: readonly { readonly strength: number; readonly verdict: 'right' | 'explained' | 'wrong' }[];
}

/** Holds alarms against what was put in. An alarm at a decoy is wrong at any speed. */
export function judge(kind: {
  readonly labels: readonly Label[];
  readonly decoys: readonly Decoy[];
  readonly alarms: readonly Alarm[];
}): Judged {
  const alarmsOf = Map.groupBy(kind.alarms, ({ key }) => key);
  const labelsOf = Map.groupBy(kind.labels, ({ key }) => key);
  const decoysOf = Map.groupBy(kind.decoys, ({ key }) => key);
  const verdictOn = (alarm: Alarm): Judged['alarms'][number]['verdict'] => {
    if (labelsOf.get(alarm.key)?.some((label) => covers(label, alarm)) === true) return 'right';
    const isAtDecoy = decoysOf.get(alarm.key)?.some((decoy) => covers(decoy, alarm)) === true;
    return isTrainOrPlane(alarm) && !isAtDecoy ? 'explained' : 'wrong';
  };
  return {
    labels: kind.labels.map((label) => ({
      strength: label.strength,
      isFound: alarmsOf.get(label.key)?.some((alarm) => isFoundBy(label, alarm)) === true,
    })),
    alarms: kind.alarms.map((alarm) => ({ strength: alarm.finding.strength, verdict: verdictOn(alarm) })),
  };
}

/** Counts what lies between two strengths. */
export function score(judged: Judged, [from, to]: readonly [number, number]): Score {
  const isIn = ({ strength }: { readonly strength: number }): boolean => strength >= from && strength < to;
  const labels = judged.labels.filter(isIn);
  const alarms = judged.alarms.filter(isIn);
  const count = (verdict: Judged['alarms'][number]['verdict']): number =>
    alarms.filter((alarm) => alarm.verdict === verdict).length;
  return {
    from,
    to,
    labels: labels.length,
    found: labels.filter(({ isFound }) => isFound).length,
    alarms: alarms.length,
    right: count('right'),
    explained: count('explained'),
    wrong: count('wrong'),
  };
}

/** 1 where nothing could be wrong. */
const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

export const recallOf = ({ found, labels }: Score): number => share(found, labels);
export const precisionOf = ({ right, wrong }: Score): number => share(right, right + wrong);
/** As if no train and no plane were believed: every unlabelled alarm is wrong. */
export const strictPrecisionOf = ({ right, alarms }: Score): number => share(right, alarms);
