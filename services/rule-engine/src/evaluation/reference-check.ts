import type { HermesEvent } from '@hermes/contracts/event';
import type { Rule } from '@hermes/contracts/rule';
import type { Decided, EventFacts, UndecidedRule } from '@hermes/rules/decide';
import { contradicts, isForReference, referenceVerdict } from '@hermes/rules/reference';
import type { RuleIndex } from '@hermes/rules/rule-index';
import { FALSE, TRUE, UNDECIDABLE, type Verdict } from '@hermes/rules/verdict';
import type { BeatingComponent, ServiceMetrics } from '@hermes/service-kit/metrics';
import type { Logger } from 'pino';
import { factsOf, gatherFacts } from './gathered-facts.ts';

/** So many rules are checked on one event, others on the next: the reference takes about a third of a millisecond for each. */
const RULES_A_CHECK = 20;

const SAYS: Readonly<Record<Verdict, string>> = { 0: 'does not fire', 1: 'fires', 2: 'cannot be decided' };

/** Which versions of rules are in force, wherever they are asked. */
export interface RulesInForce {
  has(rule: Pick<Rule, 'id' | 'version'>): boolean;
}

/** Told of checks, for metrics. */
export interface CheckObserver {
  onChecked(rules: number): void;
  onContradiction(): void;
}

export interface ReferenceCheckSetting {
  readonly project: string;
  /** One in so many events that rules look at; 0: none. */
  readonly everyEvents: number;
  readonly metrics: Pick<ServiceMetrics, 'component'>;
  readonly observer: CheckObserver;
  readonly logger: Pick<Logger, 'error'>;
}

/**
 * Asks json-rules-engine itself what some of the rules say of one in so many events, beside the stream: it holds up no event and changes no
 * decision. Where it says the other, the platform raises an alert, for as long as that version of the rule is in force.
 */
export class ReferenceCheck {
  private readonly setting: ReferenceCheckSetting;
  private events = 0;
  private checks = 0;
  private isBusy = false;
  private contradiction: { readonly rule: Rule; readonly beats: BeatingComponent } | undefined;

  constructor(setting: ReferenceCheckSetting) {
    this.setting = setting;
  }

  /** Looks at an event, in its turn, and at what was decided on it by the rules in force. */
  look(facts: EventFacts, index: RuleIndex, decided: Decided, inForce: RulesInForce): void {
    const { everyEvents, logger } = this.setting;
    if (everyEvents === 0 || this.events++ % everyEvents !== 0) return;
    this.takeBack(inForce);
    // Where events come faster than it, it leaves some out instead of piling them up.
    if (this.isBusy) return;
    this.isBusy = true;
    const asked = index.rulesOf(facts.event.type).filter(({ conditions }) => isForReference(conditions));
    const rules = turnOf(asked, this.checks++);
    // As they are now: the next event changes them.
    void this.check(factsOf(gatherFacts(facts, rules)), rules, decided)
      .catch((error: unknown) => logger.error({ err: error }, 'json-rules-engine could not be asked'))
      .finally(() => (this.isBusy = false));
  }

  close(): void {
    this.contradiction?.beats.leave();
  }

  private async check(facts: EventFacts, rules: readonly Rule[], decided: Decided): Promise<void> {
    const { observer } = this.setting;
    for (const rule of rules) {
      const [said, reference] = [saidOf(rule, decided), await referenceVerdict(rule.conditions, { ...facts })];
      if (contradicts(said, reference)) this.contradicted(rule, facts.event, said, reference);
    }
    observer.onChecked(rules.length);
  }

  private contradicted(rule: Rule, event: HermesEvent, said: Verdict, reference: Verdict): void {
    const { project, metrics, observer, logger } = this.setting;
    const fault = `rule "${rule.id}", version ${String(rule.version)}, ${SAYS[said]} on event "${event.id}" of "${event.source}", and by json-rules-engine it ${SAYS[reference]}`;
    logger.error({ project, rule: rule.id, version: rule.version, event: event.id, source: event.source }, fault);
    observer.onContradiction();
    this.contradiction ??= { rule, beats: metrics.component(`rules/${project}/reference`, project, fault) };
  }

  private takeBack(inForce: RulesInForce): void {
    if (this.contradiction === undefined) return;
    const { rule, beats } = this.contradiction;
    if (inForce.has(rule)) return;
    this.contradiction = undefined;
    void beats.stop();
  }
}

/** Some of the rules, each time the next ones. */
function turnOf(rules: readonly Rule[], check: number): readonly Rule[] {
  const turns = Math.ceil(rules.length / RULES_A_CHECK);
  const from = (check % Math.max(1, turns)) * RULES_A_CHECK;
  return rules.slice(from, from + RULES_A_CHECK);
}

function saidOf(rule: Rule, { decisions, undecided }: Decided): Verdict {
  const isOf = ({ ruleId, ruleVersion }: UndecidedRule): boolean => ruleId === rule.id && ruleVersion === rule.version;
  if (decisions.some(isOf)) return TRUE;
  return undecided.some(isOf) ? UNDECIDABLE : FALSE;
}
