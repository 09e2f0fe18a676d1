import { MoonOutlined, SunOutlined } from '@ant-design/icons';
import { Button, Segmented, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { type Language, usePreferences } from './preferences.tsx';

/** Language and theme, on every page. */
export function PreferenceButtons(): ReactNode {
  const { language, theme, texts, setLanguage, setTheme } = usePreferences();
  const dark = theme === 'dark';
  const toOther = dark ? texts.toLight : texts.toDark;
  return (
    <>
      <Segmented<Language>
        aria-label={texts.language}
        size="small"
        value={language}
        onChange={setLanguage}
        options={[
          { value: 'zh', label: '中文' },
          { value: 'en', label: 'EN' },
        ]}
      />
      <Tooltip title={toOther}>
        <Button
          type="text"
          aria-label={toOther}
          icon={dark ? <SunOutlined /> : <MoonOutlined />}
          onClick={() => setTheme(dark ? 'light' : 'dark')}
        />
      </Tooltip>
    </>
  );
}
