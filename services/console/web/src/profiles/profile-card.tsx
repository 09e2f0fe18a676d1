import { SearchOutlined } from '@ant-design/icons';
import type { ProjectView } from '@hermes/contracts/console-api';
import type { Profile } from '@hermes/contracts/profile';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Empty, Input, type InputRef, Skeleton, Space } from 'antd';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { LiveView } from '../api/live-stream.ts';
import { request } from '../api/request.ts';
import { usePreferences } from '../app/preferences.tsx';
import { ProblemNotice } from '../app/problem-notice.tsx';
import { useUrlState } from '../app/url-state.ts';
import { ProfileView } from './profile-view.tsx';
import { distinctSubjects, isSubject } from './subject.ts';

const REFRESH_MS = 2_000;

/** Puts the cursor into the search when "/" is pressed outside of a field. */
function useSlashToSearch(input: { readonly current: InputRef | null }): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, [contenteditable]') !== null;
      if (event.key !== '/' || typing || event.metaKey || event.ctrlKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus({ cursor: 'all' });
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [input]);
}

function Suggestions({
  live,
  onChoose,
}: {
  readonly live: LiveView;
  readonly onChoose: (subject: string) => void;
}): ReactNode {
  const { texts } = usePreferences();
  // Kept while the page is open: chips that jump away under the pointer cannot be clicked.
  const [subjects, setSubjects] = useState<readonly string[]>([]);
  const fresh = distinctSubjects(
    [
      ...(live.alerts?.alerts ?? []).map(({ subject }) => subject),
      ...(live.transactions?.recent ?? []).map(({ subject }) => subject),
    ],
    6,
  );
  if (subjects.length === 0 && fresh.length > 0) setSubjects(fresh);
  return (
    <div className="card-empty">
      <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={texts.profileHelp} />
      <p className="quiet">{texts.profileHow}</p>
      {subjects.length > 0 && (
        <div className="chips">
          <span className="quiet">{texts.profileTry}</span>
          {subjects.map((subject) => (
            <Button key={subject} size="small" onClick={() => onChoose(subject)}>
              {subject}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}

function Found({ project, subject }: { readonly project: ProjectView; readonly subject: string }): ReactNode {
  const { texts } = usePreferences();
  const profile = useQuery({
    queryKey: ['profile', project.id, subject],
    queryFn: ({ signal }) =>
      request<Profile>(
        'GET',
        `/api/profile-store/v1/projects/${project.id}/profiles/${encodeURIComponent(subject)}`,
        undefined,
        signal,
      ),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  if (profile.isPending) return <Skeleton active paragraph={{ rows: 5 }} />;
  if (profile.data === undefined) return <ProblemNotice error={profile.error} onRetry={() => void profile.refetch()} />;
  if (!profile.data.known) {
    return (
      <div className="card-empty">
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={texts.profileUnknown(subject)} />
        <p className="quiet">{texts.profileUnknownHelp}</p>
      </div>
    );
  }
  return (
    <>
      {profile.isError && <ProblemNotice error={profile.error} onRetry={() => void profile.refetch()} />}
      <ProfileView project={project} profile={profile.data} />
    </>
  );
}

/** Looks a subject up and keeps its profile fresh; the subject stands in the URL. */
export function ProfileCard({ project, live }: { readonly project: ProjectView; readonly live: LiveView }): ReactNode {
  const { texts } = usePreferences();
  const [subject, setSubject] = useUrlState('subject', 'push');
  const [typed, setTyped] = useState(subject ?? '');
  const [wrong, setWrong] = useState(false);
  const input = useRef<InputRef>(null);
  useSlashToSearch(input);
  useEffect(() => {
    setTyped(subject ?? '');
    setWrong(false);
  }, [subject]);

  const lookUp = (text: string): void => {
    const wanted = text.trim();
    setWrong(wanted !== '' && !isSubject(wanted));
    if (wanted === '') setSubject(null);
    else if (isSubject(wanted)) setSubject(wanted);
  };
  return (
    <section className="card profile" aria-labelledby="profile-title">
      <div className="card-head">
        <h2 id="profile-title">{texts.profile}</h2>
        <form
          className="profile-search"
          role="search"
          onSubmit={(event) => {
            event.preventDefault();
            lookUp(typed);
          }}
        >
          <Space.Compact block>
            <Input
              ref={input}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                if (event.target.value === '') lookUp('');
              }}
              placeholder={texts.profilePlaceholder}
              aria-label={texts.profile}
              aria-invalid={wrong}
              status={wrong ? 'error' : ''}
              prefix={<SearchOutlined className="quiet" />}
              suffix={<kbd className="wide-only">/</kbd>}
              allowClear
              spellCheck={false}
              autoComplete="off"
            />
            <Button htmlType="submit">{texts.profileSearch}</Button>
          </Space.Compact>
        </form>
      </div>
      {wrong && (
        <p role="alert" className="wrong">
          {texts.subjectWrong}
        </p>
      )}
      {subject === null || !isSubject(subject) ? (
        <Suggestions live={live} onChoose={setSubject} />
      ) : (
        <Found project={project} subject={subject} />
      )}
    </section>
  );
}
