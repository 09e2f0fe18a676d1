const NEWLINE = 10;

/** A text that ended without its last newline: something was cut off. */
export class CutTextError extends Error {
  override readonly name = 'CutTextError';
}

/**
 * The lines of newline-delimited text, without their newline, as many at a time as have come; empty lines are left out. A line is a view of what was
 * read, good until the next ones are asked for.
 *
 * @throws CutTextError when the last line has no end
 */
export async function* lineBatchesOf(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  let begun: Uint8Array[] = [];
  for await (const chunk of chunks) {
    const lines: Uint8Array[] = [];
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      const rest = chunk.subarray(from, to);
      from = to + 1;
      const line = begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
      begun = [];
      if (line.length > 0) lines.push(line);
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
    if (lines.length > 0) yield lines;
  }
  if (begun.length > 0) throw new CutTextError('the text ends in the middle of a line');
}
