import type { Alert } from '@hermes/contracts/alert';
import type { ProjectView } from '@hermes/contracts/console-api';
import { App, Button, Empty, Result, Segmented, Skeleton, Tag } from 'antd';
import { lazy, type ReactNode, Suspense } from 'react';
import type { LiveView } from '../api/live-stream.ts';
import { useNow } from '../app/now.ts';
import { usePreferences } from '../app/preferences.tsx';
import { problemText } from '../app/problem-notice.tsx';
import { useUrlState } from '../app/url-state.ts';
import { formatAgo } from '../format/times.ts';
import { useAcknowledge } from './acknowledge.ts';
import { useAlert } from './one-alert.ts';
import { isOpen, openAlerts } from './open-alerts.ts';
import { PLATFORM_PROJECT_ID } from './platform.ts';

const AlertDrawer = lazy(() => import('./alert-drawer.tsx').then((module) => ({ default: module.AlertDrawer })));

type Filter = 'open' | 'all';

interface RowProps {
  readonly alert: Alert;
  readonly mayAcknowledge: boolean;
  readonly onOpen: () => void;
  readonly onAcknowledge: () => void;
  readonly busy: boolean;
}

function AlertRow({ alert, mayAcknowledge, onOpen, onAcknowledge, busy }: RowProps): ReactNode {
  const { texts, locale } = usePreferences();
  const now = useNow(1_000);
  return (
    <li className={`alert alert-${alert.severity} ${isOpen(alert) ? '' : 'alert-done'}`} data-alert={alert.id}>
      <button type="button" className="alert-open" onClick={onOpen}>
        <span className="alert-title">{alert.title}</span>
        <span className="quiet">
          <span className="alert-severity">{texts.severity[alert.severity]}</span> ·{' '}
          {alert.project === PLATFORM_PROJECT_ID ? texts.platform : alert.subject} ·{' '}
          <time dateTime={alert.startedAt}>{formatAgo(alert.startedAt, now, locale)}</time>
        </span>
      </button>
      {alert.status === 'resolved' && <Tag variant="filled">{texts.resolved}</Tag>}
      {alert.status === 'firing' && alert.acknowledgedAt !== null && <Tag variant="filled">{texts.acknowledged}</Tag>}
      {isOpen(alert) && mayAcknowledge && (
        <Button size="small" onClick={onAcknowledge} loading={busy}>
          {texts.acknowledge}
        </Button>
      )}
    </li>
  );
}

const Nothing = ({ title, help }: { readonly title: string; readonly help: string }): ReactNode => (
  <div className="card-empty">
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={title} />
    <p className="quiet">{help}</p>
  </div>
);

interface Props {
  readonly project: ProjectView;
  readonly live: LiveView;
  readonly operator: boolean;
}

/** The newest alerts, live: what is open first to see, each one click from its reason. Filter and alert stand in the URL. */
export function AlertsInbox({ project, live, operator }: Props): ReactNode {
  const { texts } = usePreferences();
  const { message } = App.useApp();
  const [filterText, setFilter] = useUrlState('alerts');
  const [openId, setOpenId] = useUrlState('alert', 'push');
  const acknowledge = useAcknowledge((error) => void message.error(problemText(error, texts)));
  const filter: Filter = filterText === 'all' ? 'all' : 'open';
  const alerts = (live.alerts?.alerts ?? []).map((alert) => acknowledge.seen(alert));
  const open = openAlerts(alerts);
  const shown = filter === 'all' ? alerts : open;
  const mayAcknowledge = (alert: Alert): boolean =>
    alert.project === PLATFORM_PROJECT_ID ? operator : project.role !== 'viewer';

  const opened = useAlert(project.id, openId, alerts, live.alerts !== undefined);

  const list = (): ReactNode => {
    if (live.alerts === undefined) return <Skeleton active title={false} paragraph={{ rows: 6 }} />;
    if (!live.alerts.available)
      return <Result className="card-result" status="info" title={texts.alertsAway} subTitle={texts.alertsAwayHelp} />;
    if (alerts.length === 0) return <Nothing title={texts.noAlerts} help={texts.noAlertsHelp} />;
    if (shown.length === 0) return <Nothing title={texts.noOpenAlerts} help={texts.noOpenAlertsHelp} />;
    return (
      <ul className="alerts" tabIndex={0} aria-label={texts.alerts}>
        {shown.map((alert) => (
          <AlertRow
            key={alert.id}
            alert={alert}
            mayAcknowledge={mayAcknowledge(alert)}
            busy={acknowledge.busy(alert.id)}
            onOpen={() => setOpenId(alert.id)}
            onAcknowledge={() => acknowledge.start(alert)}
          />
        ))}
      </ul>
    );
  };
  return (
    <section className="card inbox" aria-labelledby="alerts-title">
      <div className="card-head">
        <h2 id="alerts-title">
          {texts.alerts}
          {open.length > 0 && (
            <span className="count">
              {open.length}
              {live.alerts?.more === true && '+'}
            </span>
          )}
        </h2>
        <Segmented<Filter>
          aria-label={texts.alertFilter}
          value={filter}
          onChange={(next) => setFilter(next === 'open' ? null : next)}
          options={[
            { value: 'open', label: texts.alertsOpen },
            { value: 'all', label: texts.alertsAll },
          ]}
        />
      </div>
      {list()}
      {openId !== null && (
        <Suspense>
          <AlertDrawer
            project={project}
            alert={opened.alert && acknowledge.seen(opened.alert)}
            loading={opened.loading}
            mayAcknowledge={mayAcknowledge}
            onAcknowledge={acknowledge.start}
            onClose={() => setOpenId(null)}
          />
        </Suspense>
      )}
    </section>
  );
}
