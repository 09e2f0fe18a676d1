import { theme as antTheme, type ThemeConfig } from 'antd';
import type { Theme } from './preferences.tsx';

/** Ant Design's tokens; the page's own colours are in styles.css and agree with these. */
export const antThemes: Readonly<Record<Theme, ThemeConfig>> = {
  light: {
    algorithm: antTheme.defaultAlgorithm,
    token: {
      colorPrimary: '#2f54eb',
      colorBgLayout: '#f4f6fa',
      colorBorderSecondary: '#e6e9f0',
      borderRadius: 8,
      fontFamily: 'var(--font)',
      colorTextSecondary: '#566073',
      colorTextTertiary: '#6b7488',
    },
  },
  dark: {
    algorithm: antTheme.darkAlgorithm,
    token: {
      colorPrimary: '#5b7cff',
      colorBgBase: '#0d1117',
      colorBgLayout: '#0d1117',
      colorBgContainer: '#161b24',
      colorBgElevated: '#1c2330',
      colorBorderSecondary: '#252d3b',
      borderRadius: 8,
      fontFamily: 'var(--font)',
      colorTextSecondary: '#a3adbf',
      colorTextTertiary: '#8a94a7',
    },
  },
};

/** Colours of the lines of business: told apart by people with any colour vision, and readable on both grounds. */
const LINE_COLOURS: Readonly<Record<Theme, Readonly<Record<string, string>>>> = {
  light: { 'second-hand': '#2f54eb', 'new-home': '#0ea5a0', rental: '#f59e0b', decoration: '#c2418f' },
  dark: { 'second-hand': '#6d8bff', 'new-home': '#2dd4bf', rental: '#fbbf24', decoration: '#e879b9' },
};
const SPARE_COLOURS = ['#7c8aa5', '#8d6bd6', '#5f9e3f'];

/** The colour of a line of business; lines that the product does not know get spare colours by their place. */
export const lineColour = (theme: Theme, line: string, place = 0): string =>
  LINE_COLOURS[theme][line] ?? SPARE_COLOURS[place % SPARE_COLOURS.length]!;
