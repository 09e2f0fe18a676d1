import { actionId } from '@hermes/contracts/action-id';
import { ATTRIBUTES_SET_TYPE, type AttributesSet } from '@hermes/contracts/attributes';
import type { Decision } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import { type ResolvedAction, RULE_SOURCE_PREFIX } from '@hermes/contracts/rule-action';

/** `source` of the events that a rule's actions become. */
export const actionSource = (ruleId: string): string => `${RULE_SOURCE_PREFIX}${ruleId}`;

/**
 * The events that a decision's actions become, to be written into `<project>.inbox`. (source, id) is the same however often it is asked, so that ingest
 * takes each once. Their `time` is that of the event that was decided on: an erasure that covers that one covers them.
 *
 * @param receivedAt - the instant of writing, ISO 8601
 */
export function actionEvents(decision: Decision, receivedAt: string): readonly HermesEvent[] {
  const { actions = [] } = decision;
  return actions.flatMap((action, i): HermesEvent[] => {
    const what = contentOf(action, decision);
    if (what === undefined) return [];
    const { subject, depth, ...content } = what;
    return [
      {
        specversion: '1.0',
        id: actionId(decision.id, i),
        source: actionSource(decision.ruleId),
        subject,
        time: decision.event.time,
        project: decision.project,
        receivedat: receivedAt,
        hermesdepth: depth,
        ...content,
      },
    ];
  });
}

type Content = Pick<HermesEvent, 'type' | 'subject' | 'data'> & { readonly depth: number };

function contentOf(action: ResolvedAction, { ruleId }: Decision): Content | undefined {
  if (action.kind === 'emit-event') {
    const { type, subject, depth, data } = action;
    return { type, subject, depth, data };
  }
  if (action.kind !== 'set-attribute') return undefined;
  const { attribute, value, subject, depth } = action;
  const data = { attributes: { [attribute]: value }, by: `rule:${ruleId}` } satisfies AttributesSet;
  return { type: ATTRIBUTES_SET_TYPE, subject, depth, data };
}
