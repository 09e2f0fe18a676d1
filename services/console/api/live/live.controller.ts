import { parse } from '@hermes/service-kit/problem';
import { Controller, Header, Inject, type MessageEvent, Param, Query, Req, Sse } from '@nestjs/common';
import { from, interval, map, merge, type Observable, share, switchMap, takeWhile } from 'rxjs';
import { ProjectService } from '../projects/project.service.ts';
import { type SignedInRequest, SignedIn, roleIn } from '../sessions/session.guard.ts';
import { SessionCookie } from '../sessions/session-cookie.ts';
import { SessionService } from '../sessions/session.service.ts';
import { RangeQuery } from '../transactions/range.ts';
import { LiveService } from './live.service.ts';

const PULSE_MS = 10_000;

@Controller('api/projects/:p/live')
export class LiveController {
  private readonly projects: ProjectService;
  private readonly sessions: SessionService;
  private readonly cookie: SessionCookie;
  private readonly live: LiveService;
  constructor(
    @Inject(ProjectService) projects: ProjectService,
    @Inject(SessionService) sessions: SessionService,
    @Inject(SessionCookie) cookie: SessionCookie,
    @Inject(LiveService) live: LiveService,
  ) {
    this.projects = projects;
    this.sessions = sessions;
    this.cookie = cookie;
    this.live = live;
  }

  /**
   * Server-sent events: `transactions` (the dashboard's whole picture when it has changed), `alerts` (the newest ones), and
   * `pulse` every 10 s. The stream ends when the session or the membership does.
   */
  @Sse()
  @SignedIn('viewer')
  @Header('x-accel-buffering', 'no')
  async stream(
    @Param('p') id: string,
    @Query() query: unknown,
    @Req() request: SignedInRequest,
  ): Promise<Observable<MessageEvent>> {
    const range = parse(RangeQuery, query, 'query');
    const project = await this.projects.get(id);
    const operator = request.hermesPerson?.operator === true;
    const token = this.cookie.read(request);
    const allowed = async (): Promise<boolean> => {
      const person = await this.sessions.person(token);
      return person !== undefined && roleIn(person, id) !== undefined;
    };
    const pulse = interval(PULSE_MS).pipe(
      switchMap(() => from(allowed())),
      share(),
    );
    return merge(
      this.live.transactions(project, range).pipe(map((data) => ({ ok: true, event: { type: 'transactions', data } }))),
      this.live.alerts(project, operator).pipe(map((data) => ({ ok: true, event: { type: 'alerts', data } }))),
      pulse.pipe(map((ok) => ({ ok, event: { type: 'pulse', data: {} } }))),
    ).pipe(
      takeWhile(({ ok }) => ok),
      map(({ event }) => event),
    );
  }
}
