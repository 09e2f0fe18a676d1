/** How the parts of a CSV record are told apart; Flink's `csv` format. */
export interface CsvSyntax {
  readonly delimiter: string;
  /** Absent: quotes have no meaning. */
  readonly quote: string | undefined;
  readonly escape: string | undefined;
  readonly allowComments: boolean;
}

/** Of a field: its text. `quoted`: it stood in quotes, so that blanks and what looks like nothing are meant. */
export interface CsvField {
  readonly text: string;
  readonly quoted: boolean;
}

/**
 * The fields of one record (without its line end), as Jackson's CsvParser takes them apart: blanks before an opening quote are passed over, a quote within
 * quotes is doubled or escaped, and what follows a closing quote up to the delimiter must be blank. `open`: a quote is not closed, so the record goes on
 * behind the line end. `broken`: something stands behind a closing quote.
 */
export function csvRecord(text: string, syntax: CsvSyntax): readonly CsvField[] | 'open' | 'broken' {
  const { delimiter, quote, escape } = syntax;
  const fields: CsvField[] = [];
  let at = 0;
  for (;;) {
    let start = at;
    if (quote !== undefined) while (isBlank(text[start]) && text[start] !== delimiter) start++;
    if (quote !== undefined && text[start] === quote) {
      let value = '';
      let i = start + 1;
      for (;;) {
        const character = text[i];
        if (character === undefined) return 'open';
        if (character === escape && text[i + 1] !== undefined) {
          value += text[i + 1];
          i += 2;
        } else if (character !== quote) {
          value += character;
          i++;
        } else if (text[i + 1] === quote) {
          value += quote;
          i += 2;
        } else break;
      }
      i++;
      while (isBlank(text[i]) && text[i] !== delimiter) i++;
      if (i < text.length && text[i] !== delimiter) return 'broken';
      fields.push({ text: value, quoted: true });
      if (i >= text.length) return fields;
      at = i + 1;
    } else {
      let value = '';
      let i = at;
      while (i < text.length && text[i] !== delimiter) {
        if (text[i] === escape && i + 1 < text.length) i++;
        value += text[i];
        i++;
      }
      fields.push({ text: value, quoted: false });
      if (i >= text.length) return fields;
      at = i + 1;
    }
  }
}

/** Whether a line is no record: empty, or a comment where those are allowed. */
export const isNoCsvRecord = (text: string, { allowComments }: CsvSyntax): boolean =>
  text === '' || (allowComments && text.startsWith('#'));

const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t';
