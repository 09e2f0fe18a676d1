/** One sample of a /metrics answer in Prometheus' text form. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

function samplesOf(text: string): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    const parts = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (parts === null) return [];
    const labels = Object.fromEntries(
      [...(parts[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]),
    );
    return [{ name: parts[1]!, labels, value: Number(parts[3]) }];
  });
}

/** The sum of all samples of a name whose labels are at least these; NaN when there is none. */
export function figureIn(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const found = samplesOf(text).filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  return found.length === 0 ? Number.NaN : found.reduce((sum, { value }) => sum + value, 0);
}

/**
 * The upper edge of the bucket in which a histogram's quantile lies; NaN when it has no observations.
 *
 * @param since - an earlier answer: only what was observed after it counts
 */
export function bucketOf(
  text: string,
  histogram: string,
  quantile: number,
  { labels = {}, since = '' }: { readonly labels?: Readonly<Record<string, string>>; readonly since?: string } = {},
): number {
  const name = `${histogram}_bucket`;
  const edges = new Set(samplesOf(text).flatMap((sample) => (sample.name === name ? [sample.labels['le']!] : [])));
  const buckets = [...edges]
    .map((le) => {
      const before = figureIn(since, name, { ...labels, le });
      const observed = figureIn(text, name, { ...labels, le }) - (Number.isNaN(before) ? 0 : before);
      return { edge: le === '+Inf' ? Infinity : Number(le), observed };
    })
    .sort((a, b) => a.edge - b.edge);
  const total = buckets.at(-1)?.observed ?? 0;
  if (!(total > 0)) return Number.NaN;
  return buckets.find(({ observed }) => observed >= Math.ceil(quantile * total))?.edge ?? Number.NaN;
}
