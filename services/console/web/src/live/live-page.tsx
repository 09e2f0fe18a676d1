import type { ProjectView, SessionView } from '@hermes/contracts/console-api';
import { Tooltip } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { useParams } from 'react-router';
import { AlertsInbox } from '../alerts/alerts-inbox.tsx';
import { isOpen } from '../alerts/open-alerts.ts';
import { type LiveView, useLive } from '../api/live-stream.ts';
import { useNow } from '../app/now.ts';
import { usePreferences } from '../app/preferences.tsx';
import { useUrlState } from '../app/url-state.ts';
import { formatAgo } from '../format/times.ts';
import { ProfileCard } from '../profiles/profile-card.tsx';
import { BigNumbers } from './big-numbers.tsx';
import { DistrictsCard } from './districts-card.tsx';
import { NewestDealsCard } from './newest-deals-card.tsx';
import { RANGES, rangeOf } from './ranges.ts';
import { TransactionsCard } from './transactions-card.tsx';

function LiveSign({ live }: { readonly live: LiveView }): ReactNode {
  const { texts, locale } = usePreferences();
  const now = useNow(1_000);
  const words = { live: texts.live, connecting: texts.connecting, lost: texts.reconnecting }[live.status];
  const help =
    live.heardAt === undefined
      ? texts.liveHelp
      : `${texts.liveHelp} ${texts.lastHeard(formatAgo(live.heardAt, now, locale))}`;
  return (
    <Tooltip title={help}>
      <span className={`live-sign live-sign-${live.status}`} role="status">
        <i aria-hidden="true" />
        {words}
      </span>
    </Tooltip>
  );
}

function ProjectLive({ project, operator }: { readonly project: ProjectView; readonly operator: boolean }): ReactNode {
  const { texts } = usePreferences();
  const [rangeText] = useUrlState('range');
  const live = useLive(project.id, RANGES[rangeOf(rangeText)]);
  const open = live.alerts?.alerts.filter(isOpen).length ?? 0;
  useEffect(() => {
    document.title = `${open > 0 ? `(${open}) ` : ''}${project.name} · ${texts.product}`;
  }, [open, project.name, texts]);
  return (
    <>
      <div className="page-title">
        <h1>{project.name}</h1>
        <LiveSign live={live} />
        <span className="quiet page-zone">{texts.timesIn(project.timeZone)}</span>
      </div>
      <BigNumbers transactions={live.transactions} currency={project.currency} />
      <div className="live-grid">
        <div className="live-column">
          <TransactionsCard live={live} />
          <ProfileCard key={project.id} project={project} live={live} />
          <DistrictsCard transactions={live.transactions} project={project} />
        </div>
        <div className="live-column">
          <AlertsInbox project={project} live={live} operator={operator} />
          <NewestDealsCard transactions={live.transactions} project={project} />
        </div>
      </div>
    </>
  );
}

/** The one live page of a project: numbers, chart, alerts, profiles. `otherwise` when the project is not theirs. */
export function LivePage({
  session,
  otherwise,
}: {
  readonly session: SessionView;
  readonly otherwise: ReactNode;
}): ReactNode {
  const { project: id } = useParams();
  const project = session.projects.find((candidate) => candidate.id === id);
  return project === undefined ? otherwise : <ProjectLive project={project} operator={session.user.operator} />;
}
