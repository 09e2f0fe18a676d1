import type { Alert } from '@hermes/contracts/alert';
import type { ProjectView } from '@hermes/contracts/console-api';
import type { Decision } from '@hermes/contracts/decision';
import { useQuery } from '@tanstack/react-query';
import { Button, Drawer, Empty, Skeleton, Tag } from 'antd';
import type { ReactNode } from 'react';
import { useCatalogue } from '../api/catalogue.ts';
import { request, RequestError } from '../api/request.ts';
import { usePreferences } from '../app/preferences.tsx';
import { ProblemNotice } from '../app/problem-notice.tsx';
import { useUrlState } from '../app/url-state.ts';
import { formatInstant } from '../format/times.ts';
import { FieldValues } from '../profiles/field-values.tsx';
import { isSubject } from '../profiles/subject.ts';
import { DecisionTrace } from './decision-trace.tsx';
import { isOpen } from './open-alerts.ts';

const SEVERITY_COLOUR = { info: 'blue', warning: 'orange', critical: 'red' } as const;

function Way({ decision }: { readonly decision: Decision }): ReactNode {
  const { texts, locale } = usePreferences();
  const start = Date.parse(decision.receivedAt);
  const ms = (instant: string): string =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: 'millisecond' }).format(
      Math.max(0, Date.parse(instant) - start),
    );
  return (
    <p className="quiet">
      {texts.hopReceived} → {texts.hopAccepted} {ms(decision.acceptedAt)} → {texts.hopDecided} {ms(decision.decidedAt)}
    </p>
  );
}

function Why({ project, decisionId }: { readonly project: ProjectView; readonly decisionId: string }): ReactNode {
  const { texts, locale } = usePreferences();
  const catalogue = useCatalogue(project.id);
  const decision = useQuery({
    queryKey: ['decision', project.id, decisionId],
    queryFn: ({ signal }) =>
      request<Decision>(
        'GET',
        `/api/rule-engine/v1/projects/${project.id}/decisions/${encodeURIComponent(decisionId)}`,
        undefined,
        signal,
      ),
    staleTime: Number.POSITIVE_INFINITY,
    // A decision can be read a few seconds after it was made.
    retry: (failures, error) =>
      failures < 8 && error instanceof RequestError && (error.status === 404 || error.status >= 500),
    retryDelay: 1_000,
  });
  if (decision.isPending) return <Skeleton active />;
  if (decision.isError)
    return <ProblemNotice title={texts.decisionAway} error={decision.error} onRetry={() => void decision.refetch()} />;
  const { event, ruleName, ruleVersion, trace, suppressed } = decision.data;
  return (
    <>
      <h3>{texts.why}</h3>
      <p className="quiet">
        {texts.decidedBy(ruleName, ruleVersion)}
        {suppressed !== undefined && ` ${texts.suppressedBefore(suppressed)}`}
      </p>
      <DecisionTrace trace={trace} eventType={event.type} timeZone={project.timeZone} catalogue={catalogue} />
      <h3>{texts.theEvent}</h3>
      <div className="last-values">
        <article>
          <header>
            <strong title={event.type}>{catalogue.typeTitle(event.type)}</strong>
            <time className="quiet" dateTime={event.time}>
              {formatInstant(event.time, project.timeZone, locale)}
            </time>
          </header>
          <FieldValues catalogue={catalogue} type={event.type} timeZone={project.timeZone} data={event.data} />
        </article>
      </div>
      <h3>{texts.pathWay}</h3>
      <Way decision={decision.data} />
    </>
  );
}

function Facts({ alert, project }: { readonly alert: Alert; readonly project: ProjectView }): ReactNode {
  const { texts, locale } = usePreferences();
  const at = (instant: string): string => formatInstant(instant, project.timeZone, locale);
  return (
    <dl className="fields">
      <div>
        <dt>{texts.subject}</dt>
        <dd>{alert.subject}</dd>
      </div>
      <div>
        <dt>{texts.startedAt}</dt>
        <dd>{at(alert.startedAt)}</dd>
      </div>
      {alert.resolvedAt !== null && (
        <div>
          <dt>{texts.resolvedAt}</dt>
          <dd>{at(alert.resolvedAt)}</dd>
        </div>
      )}
    </dl>
  );
}

interface Props {
  readonly project: ProjectView;
  readonly alert: Alert | undefined;
  readonly loading: boolean;
  readonly mayAcknowledge: (alert: Alert) => boolean;
  readonly onAcknowledge: (alert: Alert) => void;
  readonly onClose: () => void;
}

/** One alert down to its decision, the conditions that held, and the event. */
export function AlertDrawer({ project, alert, loading, mayAcknowledge, onAcknowledge, onClose }: Props): ReactNode {
  const { texts, locale } = usePreferences();
  const [, setSubject] = useUrlState('subject', 'push');
  const body = (): ReactNode => {
    if (alert === undefined) return loading ? <Skeleton active /> : <Empty description={texts.alertNotFound} />;
    return (
      <div className="alert-detail">
        <div className="chips">
          <Tag color={SEVERITY_COLOUR[alert.severity]}>{texts.severity[alert.severity]}</Tag>
          <Tag color={alert.status === 'firing' ? 'magenta' : 'green'}>
            {alert.status === 'firing' ? texts.firing : texts.resolved}
          </Tag>
        </div>
        <p>{alert.detail}</p>
        <Facts alert={alert} project={project} />
        {alert.acknowledgedAt !== null && (
          <p className="quiet">
            {texts.acknowledgedBy(
              alert.acknowledgedBy ?? '–',
              formatInstant(alert.acknowledgedAt, project.timeZone, locale),
            )}
          </p>
        )}
        {alert.decisionId === null ? (
          <p className="quiet">{texts.platformAlertHelp}</p>
        ) : (
          <Why project={project} decisionId={alert.decisionId} />
        )}
      </div>
    );
  };
  // Ant Design's own mask locks the page's scrolling by a style without nonce, which the page's policy refuses.
  return (
    <>
      <div className="backdrop" onClick={onClose} aria-hidden="true" />
      <Drawer
        open
        mask={false}
        focusable={{ trap: true }}
        onClose={onClose}
        title={alert?.title ?? texts.alerts}
        size={560}
        footer={
          alert !== undefined && (
            <div className="drawer-actions">
              {alert.decisionId !== null && isSubject(alert.subject) && (
                <Button onClick={() => setSubject(alert.subject)} className="drawer-profile">
                  {texts.viewProfile}
                </Button>
              )}
              {isOpen(alert) && mayAcknowledge(alert) && (
                <Button type="primary" onClick={() => onAcknowledge(alert)}>
                  {texts.acknowledge}
                </Button>
              )}
            </div>
          )
        }
      >
        {body()}
      </Drawer>
    </>
  );
}
