import { Decision } from '@hermes/contracts/decision';
import { unavailable } from '@hermes/service-kit/problem';
import { serviceToken } from '@hermes/service-kit/service-token';
import { z } from 'zod';

const PAGE = 1_000;
const PAGE_WITHIN_MS = 30_000;

/** The answer of rule-engine's `GET /v1/projects/:p/decisions`. */
const DecisionsPage = z.object({
  decisions: z.array(Decision),
  next: z.string().nullable(),
  /** Decisions on events received before have expired. */
  keptSince: z.iso.datetime(),
});
export type DecisionsPage = z.infer<typeof DecisionsPage>;

export interface DecisionsSetting {
  /** Rule-engine's address; without it there are no decisions to be had. */
  readonly ruleEngineUrl: string | undefined;
  /** HERMES_SERVICE_SECRET; without it rule-engine lets nobody in. */
  readonly serviceSecret: string | undefined;
}

/** Reads decisions from rule-engine, their one home. */
export class DecisionsClient {
  private readonly setting: DecisionsSetting;
  constructor(setting: DecisionsSetting) {
    this.setting = setting;
  }

  /**
   * One page of a subject's decisions, newest first.
   *
   * @param before - `next` of the page before; undefined: the first
   * @throws ProblemError 503; the signal's reason
   */
  async page(
    project: string,
    subject: string,
    before: string | undefined,
    signal: AbortSignal,
  ): Promise<DecisionsPage> {
    const { ruleEngineUrl, serviceSecret } = this.setting;
    if (ruleEngineUrl === undefined || serviceSecret === undefined) {
      const missing = ruleEngineUrl === undefined ? 'RULE_ENGINE_URL' : 'HERMES_SERVICE_SECRET';
      throw unavailable(`Rule-engine ('${missing}' is not set)`);
    }
    const search = new URLSearchParams({ subject, shadow: 'with', limit: String(PAGE) });
    if (before !== undefined) search.set('before', before);
    const url = new URL(`/v1/projects/${encodeURIComponent(project)}/decisions?${search.toString()}`, ruleEngineUrl);
    try {
      const response = await fetch(url, {
        headers: { authorization: `Bearer ${await serviceToken(serviceSecret, 'profile-store')}` },
        signal: AbortSignal.any([signal, AbortSignal.timeout(PAGE_WITHIN_MS)]),
      });
      if (!response.ok) throw new Error(`rule-engine answered ${response.status}: ${await response.text()}`);
      return DecisionsPage.parse(await response.json());
    } catch (cause) {
      signal.throwIfAborted();
      throw unavailable('Rule-engine', cause);
    }
  }
}
