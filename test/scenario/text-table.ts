/** A table for the terminal: numbers to the right, words to the left. */
export function textTable(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [headings, ...rows].map((row) => row.map(String));
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const isNumber = headings.map((_, column) =>
    rows.every((row) => typeof row[column] === 'number' || /^[\d.,]+( %| ms)?$/.test(String(row[column]))),
  );
  const format = (line: readonly string[]): string =>
    line
      .map((cell, column) =>
        isNumber[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const [first = [], ...others] = lines;
  return [format(first), rule, ...others.map(format)].join('\n');
}
