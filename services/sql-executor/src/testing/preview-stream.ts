import { BadInputs, PreviewColumns, PreviewEnd, PreviewProgress, PreviewRows } from '@hermes/contracts/sql-preview';

/** What a preview's stream has told. */
export interface ToldPreview {
  columns: PreviewColumns | undefined;
  readonly rows: PreviewRows['rows'];
  readonly bad: BadInputs['bad'];
  progress: PreviewProgress | undefined;
  end: PreviewEnd | undefined;
  /** Names of the events in their order, repeats left out. */
  readonly order: string[];
}

/** Reads a preview's stream to its end; each event is checked against its schema. `onEvent` may end it by aborting the request. */
export async function readPreview(answer: Response, onEvent?: (told: ToldPreview) => void): Promise<ToldPreview> {
  const told: ToldPreview = { columns: undefined, rows: [], bad: [], progress: undefined, end: undefined, order: [] };
  let text = '';
  try {
    for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += piece;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        take(told, text.slice(0, end));
        text = text.slice(end + 2);
        onEvent?.(told);
      }
    }
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
  }
  return told;
}

function take(told: ToldPreview, event: string): void {
  const [, name = ''] = /^event: (.*)$/m.exec(event) ?? [];
  const [, data = 'null'] = /^data: (.*)$/m.exec(event) ?? [];
  if (name === '') return;
  if (told.order.at(-1) !== name) told.order.push(name);
  const value: unknown = JSON.parse(data);
  switch (name) {
    case 'columns':
      told.columns = PreviewColumns.parse(value);
      break;
    case 'rows':
      told.rows.push(...PreviewRows.parse(value).rows);
      break;
    case 'bad':
      told.bad.push(...BadInputs.parse(value).bad);
      break;
    case 'progress':
      told.progress = PreviewProgress.parse(value);
      break;
    case 'end':
      told.end = PreviewEnd.parse(value);
      break;
    default:
      throw new Error(`a preview has no event '${name}'`);
  }
}
