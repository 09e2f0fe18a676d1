import { useQuery } from '@tanstack/react-query';
import { Button, Result, Spin } from 'antd';
import { lazy, type ReactNode, Suspense } from 'react';
import { Link, Navigate, Route, Routes, useLocation } from 'react-router';
import { sessionQuery, useSessionOfOtherTabs } from '../api/session.ts';
import { Shell } from './shell.tsx';
import { useTexts } from './preferences.tsx';
import { ProblemNotice } from './problem-notice.tsx';

const SignInPage = lazy(() => import('../sign-in/sign-in-page.tsx').then((module) => ({ default: module.SignInPage })));
const ProjectsPage = lazy(() =>
  import('../projects/projects-page.tsx').then((module) => ({ default: module.ProjectsPage })),
);
const LivePage = lazy(() => import('../live/live-page.tsx').then((module) => ({ default: module.LivePage })));

const Waiting = (): ReactNode => (
  <div className="waiting">
    <Spin size="large" />
  </div>
);

function NotFound(): ReactNode {
  const texts = useTexts();
  return (
    <Result
      status="404"
      title={texts.notFoundTitle}
      subTitle={texts.notFoundDetail}
      extra={
        <Link to="/">
          <Button type="primary">{texts.toProjects}</Button>
        </Link>
      }
    />
  );
}

/** Every page by its path; whoever is signed out is sent to sign in and back again. */
export function Pages(): ReactNode {
  const session = useQuery(sessionQuery);
  useSessionOfOtherTabs();
  const location = useLocation();
  if (session.isPending) return <Waiting />;
  if (session.data === undefined) {
    return (
      <div className="waiting">
        <ProblemNotice error={session.error} onRetry={() => void session.refetch()} />
      </div>
    );
  }
  if (session.data === null) {
    const next =
      location.pathname === '/' || location.pathname === '/sign-in'
        ? ''
        : `?next=${encodeURIComponent(location.pathname + location.search)}`;
    return (
      <Suspense fallback={<Waiting />}>
        <Routes>
          <Route path="/sign-in" element={<SignInPage />} />
          <Route path="*" element={<Navigate to={`/sign-in${next}`} replace />} />
        </Routes>
      </Suspense>
    );
  }
  return (
    <Shell session={session.data}>
      <Suspense fallback={<Waiting />}>
        <Routes>
          <Route path="/" element={<ProjectsPage session={session.data} />} />
          <Route path="/sign-in" element={<SignedInAlready />} />
          <Route path="/p/:project" element={<LivePage session={session.data} otherwise={<NotFound />} />} />
          <Route path="*" element={<NotFound />} />
        </Routes>
      </Suspense>
    </Shell>
  );
}

function SignedInAlready(): ReactNode {
  const next = new URLSearchParams(useLocation().search).get('next') ?? '/';
  // Only a path of this origin: "//elsewhere" would leave it.
  return <Navigate to={/^\/(?![/\\])/.test(next) ? next : '/'} replace />;
}
