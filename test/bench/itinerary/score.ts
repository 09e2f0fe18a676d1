import type { Finding } from '@hermes/itinerary/finding';

/** An anomaly that was put in. */
export interface Label {
  /** Whose findings may tell of it. */
  readonly key: string;
  readonly fromMs: number;
  readonly untilMs: number;
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

const isTrainOrPlane = ({ finding }: Alarm): boolean =>
  finding.labels['explainedBy'] === 'train' || finding.labels['explainedBy'] === 'plane';

/** Holds alarms against what was put in. An alarm at a decoy is wrong at any speed. */
export function score(
  kind: { readonly labels: readonly Label[]; readonly decoys: readonly Decoy[]; readonly alarms: readonly Alarm[] },
  [from, to]: readonly [number, number],
): Score {
  const isIn = (strength: number): boolean => strength >= from && strength < to;
  const labels = kind.labels.filter(({ strength }) => isIn(strength));
  const alarms = kind.alarms.filter(({ finding }) => isIn(finding.strength));
  const unlabelled = alarms.filter((alarm) => !kind.labels.some((label) => covers(label, alarm)));
  const explained = unlabelled.filter(
    (alarm) => isTrainOrPlane(alarm) && !kind.decoys.some((decoy) => covers(decoy, alarm)),
  );
  return {
    from,
    to,
    labels: labels.length,
    found: labels.filter((label) => kind.alarms.some((alarm) => covers(label, alarm))).length,
    alarms: alarms.length,
    right: alarms.length - unlabelled.length,
    explained: explained.length,
    wrong: unlabelled.length - explained.length,
  };
}

/** 1 where nothing could be wrong. */
const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

export const recallOf = ({ found, labels }: Score): number => share(found, labels);
export const precisionOf = ({ right, wrong }: Score): number => share(right, right + wrong);
/** As if no train and no plane were believed: every unlabelled alarm is wrong. */
export const strictPrecisionOf = ({ right, alarms }: Score): number => share(right, alarms);
