import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { en, type Texts } from '../texts/en.ts';
import { zh } from '../texts/zh.ts';

export type Language = 'en' | 'zh';
export type Theme = 'light' | 'dark';

/** What a person has chosen for this browser. */
interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
  readonly texts: Texts;
  /** BCP 47, for numbers and dates. */
  readonly locale: 'en-GB' | 'zh-CN';
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
}

const PreferencesContext = createContext<Preferences | null>(null);

export function usePreferences(): Preferences {
  const preferences = useContext(PreferencesContext);
  if (preferences === null) throw new Error('usePreferences outside of PreferencesProvider');
  return preferences;
}

/** The texts of the chosen language. */
export const useTexts = (): Texts => usePreferences().texts;

function store(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing still shows the choice until the page is left.
  }
}

export function PreferencesProvider({ children }: { readonly children: ReactNode }): ReactNode {
  // before-first-paint.js has put both onto the document.
  const [language, setLanguage] = useState<Language>(document.documentElement.lang.startsWith('zh') ? 'zh' : 'en');
  const [theme, setTheme] = useState<Theme>(document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light');

  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);

  const value = useMemo<Preferences>(
    () => ({
      language,
      theme,
      texts: language === 'zh' ? zh : en,
      locale: language === 'zh' ? 'zh-CN' : 'en-GB',
      setLanguage: (next) => {
        store('hermes.language', next);
        setLanguage(next);
      },
      setTheme: (next) => {
        store('hermes.theme', next);
        setTheme(next);
      },
    }),
    [language, theme],
  );
  return <PreferencesContext value={value}>{children}</PreferencesContext>;
}
