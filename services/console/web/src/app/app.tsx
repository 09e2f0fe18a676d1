import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp, ConfigProvider } from 'antd';
import enUs from 'antd/locale/en_US';
import zhCn from 'antd/locale/zh_CN';
import type { ReactNode } from 'react';
import { BrowserRouter } from 'react-router';
import { RequestError } from '../api/request.ts';
import { DrawingFailed } from './drawing-failed.tsx';
import { Pages } from './pages.tsx';
import { PreferencesProvider, usePreferences } from './preferences.tsx';
import { antThemes } from './theme.ts';

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // What was refused stays refused; what did not answer is asked again.
      retry: (failures, error) =>
        failures < 3 && error instanceof RequestError && (error.status === 0 || error.status >= 500),
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 5_000),
      refetchOnWindowFocus: false,
    },
  },
});

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

function Themed({ children }: { readonly children: ReactNode }): ReactNode {
  const { language, theme } = usePreferences();
  return (
    <ConfigProvider
      locale={language === 'zh' ? zhCn : enUs}
      theme={antThemes[theme]}
      csp={{ nonce }}
      button={{ autoInsertSpace: false }}
    >
      <AntApp className="app">{children}</AntApp>
    </ConfigProvider>
  );
}

export function App(): ReactNode {
  return (
    <PreferencesProvider>
      <Themed>
        <DrawingFailed>
          <QueryClientProvider client={queryClient}>
            <BrowserRouter>
              <Pages />
            </BrowserRouter>
          </QueryClientProvider>
        </DrawingFailed>
      </Themed>
    </PreferencesProvider>
  );
}
