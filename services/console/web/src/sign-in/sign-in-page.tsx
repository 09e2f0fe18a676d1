import type { SignIn } from '@hermes/contracts/console-api';
import { Alert, Button, Form, Input } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { useSignIn } from '../api/session.ts';
import { Mark } from '../app/mark.tsx';
import { PreferenceButtons } from '../app/preference-buttons.tsx';
import { useTexts } from '../app/preferences.tsx';
import { problemText } from '../app/problem-notice.tsx';

/** E-mail and password. After success the session changes and the page that was asked for appears. */
export function SignInPage(): ReactNode {
  const texts = useTexts();
  const signIn = useSignIn();
  useEffect(() => {
    document.title = `${texts.signInTitle} · ${texts.product}`;
  }, [texts]);
  return (
    <div className="sign-in">
      <section className="sign-in-story" aria-hidden="true">
        <div className="brand brand-large">
          <Mark size={40} />
          <span>{texts.product}</span>
        </div>
        <p className="sign-in-tagline">{texts.tagline}</p>
        <ul>
          {texts.points.map(([title, detail]) => (
            <li key={title}>
              <strong>{title}</strong>
              <span>{detail}</span>
            </li>
          ))}
        </ul>
      </section>
      <main className="sign-in-form">
        <div className="sign-in-preferences">
          <PreferenceButtons />
        </div>
        <div className="sign-in-card">
          <div className="brand narrow-only">
            <Mark size={32} />
            <span>{texts.product}</span>
          </div>
          <h1>{texts.signInTitle}</h1>
          <Form<SignIn>
            layout="vertical"
            size="large"
            requiredMark={false}
            onFinish={(values) => signIn.mutate(values)}
            disabled={signIn.isPending}
          >
            <Form.Item name="email" label={texts.email} rules={[{ required: true, message: texts.emailMissing }]}>
              <Input type="email" autoComplete="username" autoFocus />
            </Form.Item>
            <Form.Item
              name="password"
              label={texts.password}
              rules={[{ required: true, message: texts.passwordMissing }]}
            >
              <Input.Password autoComplete="current-password" />
            </Form.Item>
            {signIn.isError && (
              <Alert className="sign-in-error" type="error" showIcon title={problemText(signIn.error, texts)} />
            )}
            <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
              {texts.signIn}
            </Button>
          </Form>
          <p className="quiet">{texts.signInHelp}</p>
        </div>
      </main>
    </div>
  );
}
