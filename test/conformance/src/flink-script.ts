/** A table of the script that a case's own connector stands for. */
export interface ConformanceTable {
  readonly name: string;
  /** `lookup`: its rows are asked for by key (`'connector' = 'conformance-lookup'`). */
  readonly kind: 'source' | 'sink' | 'lookup';
  /** What stands between the brackets after the name: columns, keys, watermarks. */
  readonly columns: string;
}

const CREATE =
  /(CREATE\s+(?:TEMPORARY\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?)(`[^`]+`|\w+)((?:'(?:[^']|'')*'|[^';])*?)(WITH\s*\()((?:'(?:[^']|'')*'|[^'()])*)(\))/gi;

/**
 * The text for Flink: the case's own connectors become what `optionsOf` answers. All other options and tables stay as they are.
 *
 * @param optionsOf - options in Flink's words, without a format
 */
export function flinkScript(
  statement: string,
  written: ReadonlySet<string>,
  optionsOf: (table: ConformanceTable) => string,
): string {
  return statement.replace(
    CREATE,
    (whole, create: string, quoted: string, body: string, opening: string, options: string, end: string) => {
      const connector = /'connector'\s*=\s*'conformance(-lookup)?'/;
      const match = connector.exec(options);
      if (match === null) return whole;
      const name = quoted.replaceAll('`', '');
      const kind = match[1] !== undefined ? 'lookup' : written.has(name) ? 'sink' : 'source';
      const columns = body.trim().replace(/^\(([\s\S]*)\)$/, '$1');
      const formatless = kind === 'lookup' || /'format'\s*=/.test(options);
      const format = formatless ? '' : `, 'format' = '${kind === 'sink' ? 'debezium-json' : 'json'}'`;
      const own = `${optionsOf({ name, kind, columns })}${format}`;
      return `${create}${quoted}${body}${opening}${options.replace(connector, () => own)}${end}`;
    },
  );
}

/** The physical columns among a table's definitions: name and type, `NOT NULL` left out. */
export function physicalColumns(definitions: string): { readonly name: string; readonly type: string }[] {
  const parts = definitions.split(/,(?![^(<]*[)>])/).map((part) => part.trim());
  return parts.flatMap((part) => {
    const match = /^(`[^`]+`|\w+)\s+(?!AS\b)([A-Z_]+(?:\s*\([\d\s,]+\))?)/i.exec(part);
    if (match === null || /^(PRIMARY|WATERMARK|CONSTRAINT)\b/i.test(part)) return [];
    return [{ name: match[1]!.replaceAll('`', ''), type: match[2]!.toUpperCase() }];
  });
}
