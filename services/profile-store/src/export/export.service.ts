import type { Profile, ProfileFeatures } from '@hermes/contracts/profile';
import type { CallerIdentity } from '@hermes/service-kit/access';
import { type HistoryClient, historyProblem, type OpenedHistory } from '@hermes/service-kit/history/history-client';
import type { ProfilesService } from '../profiles/profiles.service.ts';
import type { DecisionsClient, DecisionsPage } from './decisions-client.ts';

/** Lines are sent in pieces of about this size. */
const PIECE_CHARACTERS = 65_536;

type Events = (OpenedHistory & { readonly kind: 'ok' })['events'];

/** What an export is made of, opened. */
export interface ExportParts {
  readonly profile: Profile | ProfileFeatures;
  readonly events: Events;
  readonly firstDecisions: DecisionsPage;
  /** @throws what ends the export in the middle */
  readonly moreDecisions: (before: string) => Promise<DecisionsPage>;
  /** ISO 8601: what was received before has expired. */
  readonly eventsKeptSince: string;
}

/** Everything that is kept of a subject, as lines of JSON: its profile, its events, the decisions on them. */
export class ExportService {
  private readonly profiles: ProfilesService;
  private readonly history: Pick<HistoryClient, 'open'>;
  private readonly decisions: DecisionsClient;
  constructor(profiles: ProfilesService, history: Pick<HistoryClient, 'open'>, decisions: DecisionsClient) {
    this.profiles = profiles;
    this.history = history;
    this.decisions = decisions;
  }

  /**
   * Opens everything; only then it is known that there is an answer.
   *
   * @param signal - ends what is being read
   * @throws ProblemError 404, 503
   */
  async open(projectId: string, subject: string, caller: CallerIdentity, signal: AbortSignal): Promise<ExportParts> {
    const project = this.profiles.project(projectId);
    const page = (before?: string): Promise<DecisionsPage> => this.decisions.page(projectId, subject, before, signal);
    const firstDecisions = await page();
    const history = await this.history.open(projectId, { subject, order: 'subject', complete: true }, signal);
    if (history.kind === 'failed') throw historyProblem(history.error);
    // Read last, so that it has counted the events that are in the export.
    const profile = await this.profiles.read(project, subject, undefined, caller);
    return { profile, events: history.events, firstDecisions, moreDecisions: page, eventsKeptSince: history.keptSince };
  }
}

const lineOf = (kind: string, value: object): string => `${JSON.stringify({ kind, ...value })}\n`;

/** The lines; the last one says how many there were of each kind. Without it the export is not whole. */
export async function* exportLines(parts: ExportParts): AsyncGenerator<string> {
  let piece = lineOf('profile', parts.profile);
  const counted = { events: 0, decisions: 0 };
  for await (const event of parts.events) {
    piece += lineOf('event', { event });
    counted.events += 1;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  for (let page = parts.firstDecisions; ;) {
    for (const decision of page.decisions) piece += lineOf('decision', { decision });
    counted.decisions += page.decisions.length;
    yield piece;
    piece = '';
    if (page.next === null) break;
    page = await parts.moreDecisions(page.next);
  }
  const keptSince = { events: parts.eventsKeptSince, decisions: parts.firstDecisions.keptSince };
  yield lineOf('end', { ...counted, keptSince });
}
