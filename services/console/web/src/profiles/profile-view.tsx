import type { ProjectView } from '@hermes/contracts/console-api';
import type { Profile } from '@hermes/contracts/profile';
import { Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { type Catalogue, useCatalogue } from '../api/catalogue.ts';
import { useNow } from '../app/now.ts';
import { usePreferences } from '../app/preferences.tsx';
import { formatCount } from '../format/numbers.ts';
import { formatAgo, formatDay, formatInstant } from '../format/times.ts';
import { MovingNumber } from '../live/moving-number.tsx';
import { FieldValues } from './field-values.tsx';
import { partsOf } from './subject.ts';

interface Props {
  readonly project: ProjectView;
  readonly profile: Profile;
}

function Counts({ profile, catalogue }: { readonly profile: Profile; readonly catalogue: Catalogue }): ReactNode {
  const { texts, locale } = usePreferences();
  const counts = Object.entries(profile.counts).toSorted(([, a], [, b]) => b - a);
  const most = Math.max(1, ...counts.map(([, count]) => count));
  return (
    <div>
      <h3>{texts.whatHappened}</h3>
      <ol className="ranking">
        {counts.map(([type, count]) => (
          <li key={type} data-event-type={type}>
            <span className="ranking-bar" style={{ width: `${(100 * count) / most}%` }} aria-hidden="true" />
            <span className="ranking-name" title={type}>
              {catalogue.typeTitle(type)}
            </span>
            <strong>{texts.times(count, formatCount(count, locale))}</strong>
          </li>
        ))}
      </ol>
    </div>
  );
}

function LastValues({ project, profile, catalogue }: Props & { readonly catalogue: Catalogue }): ReactNode {
  const { texts, locale } = usePreferences();
  const now = useNow();
  const last = Object.entries(profile.last).toSorted(([, a], [, b]) => b.time.localeCompare(a.time));
  return (
    <div>
      <h3>{texts.lastValues}</h3>
      <div className="last-values">
        {last.map(([type, { time, data }]) => (
          <article key={type}>
            <header>
              <strong title={type}>{catalogue.typeTitle(type)}</strong>
              <Tooltip title={formatInstant(time, project.timeZone, locale)}>
                <time className="quiet" dateTime={time}>
                  {formatAgo(time, now, locale)}
                </time>
              </Tooltip>
            </header>
            <FieldValues catalogue={catalogue} type={type} timeZone={project.timeZone} data={data} />
          </article>
        ))}
      </div>
    </div>
  );
}

/** A profile for somebody who has never seen JSON: who it is, since when, what happened how often, and what was last. */
export function ProfileView({ project, profile }: Props): ReactNode {
  const { texts, locale } = usePreferences();
  const catalogue = useCatalogue(project.id);
  const now = useNow(1_000);
  const { kind, id } = partsOf(profile.subject);
  const total = Object.values(profile.counts).reduce((sum, count) => sum + count, 0);
  const { firstSeenAt, lastSeenAt } = profile;
  return (
    <div className="profile-view">
      <div className="profile-who">
        <div>
          <span className="quiet">{texts.subjectKind[kind] ?? kind}</span>
          <strong className="profile-id">{id}</strong>
        </div>
        <dl>
          <div>
            <dt>{texts.eventsTotal}</dt>
            <dd data-figure="profile-events" data-value={total}>
              <MovingNumber value={total} format={(value) => formatCount(Math.round(value), locale)} />
            </dd>
          </div>
          <div>
            <dt>{texts.firstSeen}</dt>
            <dd>{firstSeenAt === null ? '–' : formatDay(firstSeenAt, project.timeZone, locale)}</dd>
          </div>
          <div>
            <dt>{texts.lastSeen}</dt>
            <dd>{lastSeenAt === null ? '–' : formatAgo(lastSeenAt, now, locale)}</dd>
          </div>
        </dl>
      </div>
      <Counts profile={profile} catalogue={catalogue} />
      <LastValues project={project} profile={profile} catalogue={catalogue} />
    </div>
  );
}
