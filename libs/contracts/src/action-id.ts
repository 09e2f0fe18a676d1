import { createHash } from 'node:crypto';

/**
 * The id of what an action of a decision becomes, an event or a webhook: the first 128 bits, as hex, of SHA-256 over the JSON list
 * [decision, place in the rule's actions]. However often the decision is read or sent, it is the same.
 */
export const actionId = (decisionId: string, index: number): string =>
  createHash('sha256')
    .update(JSON.stringify([decisionId, index]))
    .digest('hex')
    .slice(0, 32);
