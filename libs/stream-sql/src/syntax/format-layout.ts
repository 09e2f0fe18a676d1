import type { Token } from './token.ts';

/** Columns that a line may have before it is broken. */
const MAX_WIDTH = 100;
const STEP = 2;

export interface Layout {
  /** Indent of the line that begins with this token; undefined where the line goes on. */
  readonly breaks: readonly (number | undefined)[];
  /** Tokens before which an empty line stands. */
  readonly paragraphs: ReadonlySet<number>;
  /** `(` behind the name of a table that is made or written. */
  readonly named: ReadonlySet<number>;
}

const CLAUSES: ReadonlySet<string> = new Set([
  'SELECT', 'WHERE', 'HAVING', 'LIMIT', 'OFFSET', 'FETCH', 'WINDOW', 'UNION', 'INTERSECT', 'EXCEPT', 'VALUES', 'INSERT',
]); // prettier-ignore
const JOINS: ReadonlySet<string> = new Set(['JOIN', 'LEFT', 'RIGHT', 'FULL', 'INNER', 'CROSS', 'NATURAL']);
const SHORT: ReadonlySet<string> = new Set(['SET', 'RESET', 'DROP', 'SHOW', 'DESCRIBE', 'DESC']);

/** Where lines begin. It depends on the tokens alone, so what is laid out once stays as it is. @param close - index of the bracket that closes each */
export function layOut(tokens: readonly Token[], close: ReadonlyMap<number, number>): Layout {
  const breaks: (number | undefined)[] = tokens.map(() => undefined);
  const paragraphs = new Set<number>();
  const named = new Set<number>();

  const is = (i: number, ...texts: readonly string[]): boolean => {
    const token = tokens[i];
    return token !== undefined && (token.kind === 'word' || token.kind === 'symbol') && texts.includes(token.text);
  };
  const startsQuery = (i: number): boolean => is(i, 'SELECT', 'WITH', 'VALUES') || (is(i, '(') && startsQuery(i + 1));
  // Sums over all tokens before each, so that any stretch is measured at once.
  const widths = [0];
  const queries = [0];
  for (const [i, { source }] of tokens.entries()) {
    widths.push(widths[i]! + source.length + 1);
    queries.push(queries[i]! + (is(i, '(') && startsQuery(i + 1) ? 1 : 0));
  }
  const width = (from: number, to: number): number => widths[to]! - widths[from]!;
  const hasQuery = (from: number, to: number): boolean => to > from && queries[to]! > queries[from]!;
  /** The tokens of a stretch that are not within brackets of it. */
  function* outer(from: number, to: number): Generator<number> {
    for (let i = from; i < to; i++) {
      yield i;
      i = close.get(i) ?? i;
    }
  }
  /** Cuts a stretch behind the commas that are not within brackets. */
  const parts = (from: number, to: number): [number, number][] => {
    const found: [number, number][] = [];
    let start = from;
    for (const i of outer(from, to)) {
      if (!is(i, ',')) continue;
      found.push([start, i + 1]);
      start = i + 1;
    }
    return [...found, [start, to]];
  };

  function startsClause(i: number): boolean {
    if (is(i, 'FROM')) return !is(i - 1, 'DISTINCT');
    if (is(i, 'GROUP')) return is(i + 1, 'BY') && !is(i - 1, 'WITHIN');
    if (is(i, 'ORDER')) return is(i + 1, 'BY');
    const { kind, text } = tokens[i]!;
    if (kind !== 'word') return false;
    if (JOINS.has(text)) return (text === 'JOIN' || !is(i + 1, '(')) && !(is(i - 1, ...JOINS) || is(i - 1, 'OUTER'));
    return CLAUSES.has(text);
  }

  function layOutQuery(from: number, to: number, indent: number): void {
    const starts = [from, ...[...outer(from, to)].filter((i) => i > from && startsClause(i))];
    starts.forEach((start, k) => {
      if (k > 0) breaks[start] = indent;
      layOutClause(start, starts[k + 1] ?? to, indent);
    });
  }

  function layOutClause(from: number, to: number, indent: number): void {
    const fits = indent + width(from, to) <= MAX_WIDTH;
    if (fits && !hasQuery(from, to)) return;
    if (is(from, 'WITH')) {
      for (const [start, end] of parts(from + 1, to)) {
        if (start > from + 1) breaks[start] = indent;
        layOutGroups(start, end, indent);
      }
    } else if (is(from, 'WHERE', 'HAVING')) layOutConditions(from + 1, to, indent + STEP, fits);
    else if (is(from, ...JOINS)) {
      const on = [...outer(from, to)].find((i) => is(i, 'ON', 'USING')) ?? to;
      layOutGroups(from, on, indent);
      if (on === to) return;
      breaks[on] = indent + STEP;
      layOutConditions(on + 1, to, indent + 2 * STEP, indent + width(on, to) <= MAX_WIDTH);
    } else {
      const body = bodyOf(from);
      const list = parts(body, to);
      // SELECT a, b: each on a line of its own; FROM and one table stay together.
      const broken =
        !fits && (list.length > 1 || is(from, 'SELECT')) && !is(from, 'INSERT', 'UNION', 'INTERSECT', 'EXCEPT');
      for (const [start, end] of list) {
        if (broken) breaks[start] = indent + STEP;
        layOutGroups(start, end, broken ? indent + STEP : indent);
      }
    }
  }

  /** Where the list behind the words of a clause begins. */
  function bodyOf(from: number): number {
    let i = from + 1;
    while (is(i, 'BY', 'DISTINCT', 'ALL', 'INTO')) i++;
    if (is(i, '/*+')) {
      while (i < tokens.length && !is(i, '*/')) i++;
      i++;
    }
    return i;
  }

  /** Conditions with AND and OR between; the AND of BETWEEN is none of them. */
  function layOutConditions(from: number, to: number, indent: number, fits: boolean): void {
    let between = 0;
    let start = from;
    for (const i of outer(from, to)) {
      if (is(i, 'BETWEEN')) between++;
      else if (is(i, 'AND') && between > 0) between--;
      else if (is(i, 'AND', 'OR') && !fits && !withinCase(from, i)) {
        breaks[i] = indent;
        layOutGroups(start, i, indent);
        start = i;
      }
    }
    layOutGroups(start, to, indent);
  }

  function withinCase(from: number, at: number): boolean {
    let open = 0;
    for (const i of outer(from, at)) {
      if (is(i, 'CASE')) open++;
      else if (is(i, 'END')) open--;
    }
    return open > 0;
  }

  /** The brackets of a stretch: queries in blocks, lists that are too wide a line for each element. */
  function layOutGroups(from: number, to: number, indent: number): void {
    const wide = indent + width(from, to) > MAX_WIDTH;
    if (wide) layOutCases(from, to, indent);
    for (const open of outer(from, to)) {
      const end = close.get(open);
      if (end === undefined || end >= to) continue;
      if (is(open, '(') && startsQuery(open + 1)) layOutBlock(open, end, indent);
      else if ((wide && end - open > 8 && parts(open + 1, end).length > 1) || hasQuery(open + 1, end))
        layOutList(open, end, indent);
    }
  }

  /** WHEN and ELSE on lines of their own, in the outermost CASE of a stretch. */
  function layOutCases(from: number, to: number, indent: number): void {
    let open = 0;
    for (const i of outer(from, to)) {
      if (is(i, 'CASE')) open++;
      else if (open === 1 && is(i, 'WHEN', 'ELSE')) breaks[i] = indent + STEP;
      else if (is(i, 'END') && open-- === 1) breaks[i] = indent;
    }
  }

  function layOutBlock(open: number, end: number, indent: number): void {
    breaks[open + 1] = indent + STEP;
    layOutQuery(open + 1, end, indent + STEP);
    breaks[end] = indent;
  }

  function layOutList(open: number, end: number, indent: number): void {
    if (end === open + 1) return;
    for (const [start, stop] of is(open - 1, 'OVER') ? windowParts(open + 1, end) : parts(open + 1, end)) {
      breaks[start] = indent + STEP;
      layOutGroups(start, stop, indent + STEP);
    }
    breaks[end] = indent;
  }

  /** PARTITION BY ..., ORDER BY ..., ROWS ... */
  function windowParts(from: number, to: number): [number, number][] {
    const starts = [
      from,
      ...[...outer(from, to)].filter((i) => i > from && is(i, 'PARTITION', 'ORDER', 'ROWS', 'RANGE')),
    ];
    return starts.map((start, k) => [start, starts[k + 1] ?? to]);
  }

  function layOutCreateTable(from: number, to: number): void {
    for (const i of outer(from, to)) {
      const end = close.get(i);
      if (is(i, '(') && end !== undefined && (is(i - 1, 'WITH') || named.has(i))) layOutList(i, end, 0);
      else if (i > from + 3 && is(i, 'PARTITIONED', 'WITH', 'LIKE', 'DISTRIBUTED')) breaks[i] = 0;
    }
  }

  /** One statement, without its semicolon. */
  function layOutStatement(from: number, to: number, indent: number): void {
    const query = [...outer(from, to)].find((i) => startsQuery(i) || is(i, 'INSERT'));
    const create = is(from, 'CREATE');
    const view = create && [...outer(from, to)].slice(0, 3).some((i) => is(i, 'VIEW'));
    let name = from + 1;
    while (name < to && !is(name, '(', 'SELECT', 'VALUES', 'WITH', 'LIKE', 'AS', 'COMMENT')) name++;
    if (is(name, '(') && (create || is(from, 'INSERT')) && !startsQuery(name + 1)) named.add(name);
    if (create && !view) layOutCreateTable(from, to);
    else if (view) {
      const as = [...outer(from, to)].find((i) => is(i, 'AS'));
      if (as === undefined || as + 1 >= to) return;
      breaks[as + 1] = indent;
      layOutQuery(as + 1, to, indent);
    } else if (query !== undefined) {
      if (query > from) breaks[query] = indent;
      layOutQuery(query, to, indent);
    }
  }

  let start = 0;
  let indent = 0;
  let previous: Token | undefined;
  for (let i = 0; i < tokens.length; i++) {
    if (!is(i, ';') && i + 1 < tokens.length) continue;
    let from = start;
    const to = is(i, ';') ? i : i + 1;
    start = i + 1;
    if (from >= to) continue;
    if (is(from, 'END')) indent = 0;
    breaks[from] = indent;
    const together =
      indent > 0 || is(from, 'END') || (SHORT.has(tokens[from]!.text) && SHORT.has(previous?.text ?? ''));
    if (previous !== undefined && !together) paragraphs.add(from);
    previous = tokens[from]!;
    const begin = [...outer(from, to)].find((k) => is(k, 'BEGIN') && is(k - 1, 'SET'));
    if (begin !== undefined) {
      breaks[begin] = 0;
      indent = STEP;
      from = begin + 1;
      breaks[from] = indent;
    }
    layOutStatement(from, to, indent);
  }
  return { breaks, paragraphs, named };
}
