/** A table of the script that a case's own connector stands for. */
export interface ConformanceTable {
  readonly name: string;
  readonly written: boolean;
}

const CREATE =
  /(CREATE\s+(?:TEMPORARY\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?)(`[^`]+`|\w+)((?:'(?:[^']|'')*'|[^';])*?WITH\s*\()((?:'(?:[^']|'')*'|[^'()])*)(\))/gi;

/**
 * The text for Flink: `'connector' = 'conformance'` becomes a file of the case's folder, read in its own order, or written
 * as a changelog. All other options and tables stay as they are.
 *
 * @param folderOf - where the files of a table are
 */
export function flinkScript(
  statement: string,
  written: ReadonlySet<string>,
  folderOf: (table: ConformanceTable) => string,
): string {
  return statement.replace(
    CREATE,
    (whole, create: string, quoted: string, body: string, options: string, end: string) => {
      const connector = /'connector'\s*=\s*'conformance'/;
      if (!connector.test(options)) return whole;
      const name = quoted.replaceAll('`', '');
      const table = { name, written: written.has(name) };
      const format = table.written ? 'debezium-json' : 'json';
      const given = /'format'\s*=/.test(options) ? '' : `, 'format' = '${format}'`;
      const file = `'connector' = 'filesystem', 'path' = '${folderOf(table)}'${given}`;
      return `${create}${quoted}${body}${options.replace(connector, file)}${end}`;
    },
  );
}
