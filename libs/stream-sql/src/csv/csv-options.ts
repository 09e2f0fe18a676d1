import type { CsvSyntax } from './csv-record.ts';

export interface CsvOptions extends CsvSyntax {
  readonly ignoreParseErrors: boolean;
  readonly arrayDelimiter: string;
  /** The text that stands for NULL. */
  readonly nullLiteral: string | undefined;
}

/** The options of a table (texts, defaults filled in) as the csv format takes them. */
export function csvOptions(options: Readonly<Record<string, string | undefined>>): CsvOptions {
  const character = (key: string): string | undefined => {
    const text = options[key];
    if (text === undefined) return undefined;
    if (text === '\\t') return '\t';
    return /^\\u[0-9a-fA-F]{4}$/.test(text) ? String.fromCharCode(Number.parseInt(text.slice(2), 16)) : text;
  };
  return {
    delimiter: character('csv.field-delimiter') ?? ',',
    quote: options['csv.disable-quote-character'] === 'true' ? undefined : (character('csv.quote-character') ?? '"'),
    escape: character('csv.escape-character'),
    allowComments: options['csv.allow-comments'] === 'true',
    ignoreParseErrors: options['csv.ignore-parse-errors'] === 'true',
    arrayDelimiter: character('csv.array-element-delimiter') ?? ';',
    nullLiteral: options['csv.null-literal'],
  };
}
