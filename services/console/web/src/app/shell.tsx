import { LogoutOutlined, UserOutlined } from '@ant-design/icons';
import type { SessionView } from '@hermes/contracts/console-api';
import { Button, Dropdown, Select } from 'antd';
import type { ReactNode } from 'react';
import { Link, useMatch, useNavigate } from 'react-router';
import { useSignOut } from '../api/session.ts';
import { Mark } from './mark.tsx';
import { PreferenceButtons } from './preference-buttons.tsx';
import { useTexts } from './preferences.tsx';

/** The frame of every page behind the sign-in: where I am, who I am, my language and theme. */
export function Shell({
  session,
  children,
}: {
  readonly session: SessionView;
  readonly children: ReactNode;
}): ReactNode {
  const texts = useTexts();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const current = useMatch('/p/:project')?.params.project;
  return (
    <>
      <a className="skip-link" href="#content">
        {texts.skipToContent}
      </a>
      <header className="header">
        <Link to="/" className="brand">
          <Mark />
          <span>{texts.product}</span>
        </Link>
        {current !== undefined && (
          <Select
            className="project-select"
            aria-label={texts.chooseProject}
            showSearch={{ optionFilterProp: 'label' }}
            value={current}
            onChange={(id) => void navigate(`/p/${id}`)}
            options={session.projects.map(({ id, name }) => ({ value: id, label: name }))}
            popupMatchSelectWidth={false}
          />
        )}
        <div className="header-end">
          <PreferenceButtons />
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                { key: 'who', label: texts.signedInAs(session.user.email), disabled: true },
                { type: 'divider' },
                { key: 'projects', label: texts.projects, onClick: () => void navigate('/') },
                { key: 'out', label: texts.signOut, icon: <LogoutOutlined />, onClick: () => signOut.mutate() },
              ],
            }}
          >
            <Button
              type="text"
              icon={<UserOutlined />}
              aria-label={`${session.user.name}, ${texts.signedInAs(session.user.email)}`}
            >
              <span className="wide-only">{session.user.name}</span>
            </Button>
          </Dropdown>
        </div>
      </header>
      <main id="content" className="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
