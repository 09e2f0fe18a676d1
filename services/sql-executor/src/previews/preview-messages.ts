import type { BadInputs, PreviewEnd, PreviewLimits, PreviewProgress } from '@hermes/contracts/sql-preview';
import type { RunOrder } from '../runs/messages.ts';

/** What a preview's process is told at its start. It needs nothing that writes. */
export interface PreviewOrder extends Pick<
  RunOrder,
  'kind' | 'project' | 'plan' | 'stateLimitBytes' | 'kafkaBrokers' | 'kafkaDriver' | 'outside' | 'profileStore'
> {
  readonly limits: PreviewLimits;
  /** Where the statement stands in the text: for failures that have no place of their own. */
  readonly at: { readonly line: number; readonly column: number };
}

export type BadInput = BadInputs['bad'][number];

export type FromPreview =
  | { readonly kind: 'running' }
  /** Each row as its JSON: it goes on as it is. */
  | { readonly kind: 'rows'; readonly rows: readonly string[] }
  | { readonly kind: 'bad'; readonly bad: readonly BadInput[] }
  | {
      readonly kind: 'report';
      readonly figures: { readonly rssBytes: number };
      readonly progress: PreviewProgress;
    }
  /** The process ends after this. */
  | { readonly kind: 'end'; readonly end: PreviewEnd };
