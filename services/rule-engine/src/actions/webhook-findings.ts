import type { RuleAction } from '@hermes/contracts/rule-action';
import type { Finding } from '@hermes/rules/finding';
import { unknownWord } from '@hermes/rules/rule-words';
import { both } from '@hermes/rules/words';

export interface WebhookFindings {
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
}

const NOTHING: WebhookFindings = { problems: [], warnings: [] };
const UNCHECKED = both(
  'whether the webhook is registered could not be asked: alerting does not answer',
  '无法确认 webhook 是否已注册：告警服务没有应答',
);

/**
 * Webhooks that a rule calls and that are not registered. Where that cannot be asked it is a doubt only: a service that is away keeps nobody from saving a rule.
 *
 * @param registered - ids of those that there are, asked only when an action calls one; undefined: nobody can say
 */
export async function webhookFindings(
  actions: readonly RuleAction[] = [],
  registered: () => Promise<readonly string[] | undefined>,
): Promise<WebhookFindings> {
  const called = actions.flatMap((action, i) =>
    action.kind === 'webhook' ? [{ pointer: `/actions/${i}/webhook`, id: action.webhook }] : [],
  );
  if (called.length === 0) return NOTHING;
  const known = await registered();
  if (known === undefined)
    return {
      problems: [],
      warnings: called.map(({ pointer }) => ({ pointer, code: 'webhook-unchecked', text: UNCHECKED })),
    };
  const problems = called
    .filter(({ id }) => !known.includes(id))
    .map(({ pointer, id }) => ({ pointer, code: 'unknown-webhook', text: unknownWord('webhook', id, known) }));
  return { problems, warnings: [] };
}
