import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleDeal } from '@hermes/stack/launch/example-event';
import { sharedHermes, type TestHermes } from '@hermes/stack/testing/hermes';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../browser/find-chromium.ts';

const base = mkdtempSync(join(tmpdir(), 'hermes-console-'));
/** HERMES_SCREENSHOTS keeps the pictures; otherwise they go with the test. */
const pictures = process.env['HERMES_SCREENSHOTS'] ?? join(base, 'pictures');
const PATIENCE_MS = 30_000;

let hermes: TestHermes;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  hermes = await sharedHermes(join(base, 'data'));
  browser = await launchChromium();
  context = await newContext();
  page = await newPage(context);
});
afterAll(async () => {
  await browser.close();
  await hermes.stop();
  rmSync(base, { recursive: true, force: true });
});

const newContext = (): Promise<BrowserContext> =>
  browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 }, baseURL: hermes.url('CONSOLE_URL') });

async function newPage(owner: BrowserContext): Promise<Page> {
  const opened = await owner.newPage();
  opened.setDefaultTimeout(PATIENCE_MS);
  opened.on('pageerror', (error) => complaints.push(`defect: ${error.message}`));
  opened.on('console', (message) => {
    const { url } = message.location();
    // The browser itself reports an answer of 401 to a wrong password, which a test provokes, and of 404 to a decision that is
    // asked for before it has landed in the history: the page asks again.
    const meant =
      message.text().includes('401') ||
      (message.text().includes('404') && url.includes('/api/rule-engine/v1/projects/demo/decisions/'));
    if (message.type() === 'error' && !meant) complaints.push(`${message.text()} ${url}`);
  });
  return opened;
}

const picture = (name: string): Promise<unknown> => page.screenshot({ path: join(pictures, `${name}.png`) });

/** What a headline or a profile counts, whatever the language writes it as. */
const figure = async (id: string): Promise<number> =>
  Number(await page.locator(`[data-figure="${id}"]`).getAttribute('data-value'));

async function send(event: Record<string, unknown>): Promise<void> {
  const writeKey = hermes.record().demo?.writeKey ?? '';
  const answer = await fetch(`${hermes.url('INGEST_URL')}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${writeKey}`, 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(event),
  });
  expect(answer.status).toBe(202);
}

async function signIn(password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(hermes.admin.email);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

describe('what a business team touches, in a real browser', () => {
  test('a wrong password says what to do; the right one leads to the page that was asked for', async () => {
    await page.goto('/p/demo?range=24h');
    await signIn('not the password');
    await page.getByText('E-mail or password is wrong').waitFor();
    await picture('sign-in');
    await signIn(hermes.admin.password);
    await page.getByRole('heading', { name: 'Transactions by line of business' }).waitFor();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/p/demo?range=24h');
  });

  test('the chooser shows the project, and one click opens its live page', async () => {
    await page.getByRole('link', { name: 'Hermes' }).click();
    await page.getByRole('heading', { name: 'Choose a project' }).waitFor();
    await page.locator('a.project-card', { hasText: 'demo' }).click();
    await page.locator('[data-figure="deals-hour"]').waitFor();
  });

  test('numbers move without a reload', async () => {
    await page.getByText('Live', { exact: true }).waitFor();
    const before = await figure('deals-hour');
    await send(exampleDeal(Date.now()).event);
    await expect.poll(() => figure('deals-hour'), { timeout: PATIENCE_MS }).toBeGreaterThan(before);
    await page.locator('.chart-host canvas').waitFor();
  });

  test('an alert arrives by itself; its detail says why, and it can be acknowledged', async () => {
    const { event, subject } = exampleDeal(Date.now());
    await send(event);
    const alert = page.locator('.alert', { hasText: subject });
    await alert.waitFor();
    await picture('live');
    await alert.locator('.alert-open').click();
    const drawer = page.getByRole('dialog');
    await drawer.getByText('Why this alert').waitFor();
    await drawer.locator('.trace', { hasText: '10,000,000' }).getByText('28,800,000').waitFor();
    await drawer.getByText('The event', { exact: true }).waitFor();
    await picture('alert');
    await drawer.getByRole('button', { name: 'Acknowledge' }).click();
    await drawer.getByText(`Acknowledged by ${hermes.admin.email}`).waitFor();

    await drawer.getByRole('button', { name: 'View the profile' }).click();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    await expect.poll(() => figure('profile-events'), { timeout: PATIENCE_MS }).toBe(1);
    await alert.waitFor({ state: 'detached' });
  });

  test('a profile is looked up by keyboard, reads in words, counts on by itself, and its link shows the same', async () => {
    const { event, subject } = exampleDeal(Date.now());
    await page.keyboard.press('/');
    await page.keyboard.press('Control+A');
    await page.keyboard.type(subject);
    await page.keyboard.press('Enter');
    await page.getByText(`No event of ${subject} has been seen`).waitFor();
    await send(event);
    await expect.poll(() => figure('profile-events'), { timeout: PATIENCE_MS }).toBe(1);
    await page.locator('.profile-view', { hasText: 'Deal signed' }).waitFor();
    await picture('profile');
    const shared = page.url();
    expect(shared).toContain(`subject=${encodeURIComponent(subject)}`);
    await page.goto(shared);
    await expect.poll(() => figure('profile-events'), { timeout: PATIENCE_MS }).toBe(1);
  });

  test('every range and measure draws, and stands in the URL', async () => {
    for (const range of ['24 hours', '7 days', '30 days', 'All', '1 hour']) {
      await page.locator('.transactions').getByText(range, { exact: true }).click();
      await page.locator('.transactions [aria-busy="false"]').waitFor();
    }
    await page.locator('.transactions').getByText('Value', { exact: true }).click();
    await expect.poll(() => page.url()).toContain('measure=value');
  });

  test('Chinese and dark are complete and stay chosen', async () => {
    await page.getByText('中文', { exact: true }).click();
    await page.getByRole('button', { name: '切换为深色' }).click();
    await page.reload();
    await page.getByRole('heading', { name: '各业务线成交' }).waitFor();
    await page.locator('.chart-host canvas').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await picture('live-zh-dark');
    for (const english of ['Deals', 'Alerts', 'Profile', 'Districts', 'Acknowledge']) {
      expect(await page.getByText(english, { exact: true }).count(), english).toBe(0);
    }
  });

  test('on a telephone nothing is cut off', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForTimeout(300);
    await picture('telephone');
    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('signing out ends it, on every page at once', async () => {
    const second = await newPage(context);
    await second.goto('/p/demo');
    await second.locator('[data-figure="deals-hour"]').waitFor();
    await page.getByRole('button', { name: hermes.admin.email }).click();
    await page.getByText('退出登录').click();
    await page.getByRole('heading', { name: '登录' }).waitFor();
    await second.getByRole('heading', { name: '登录' }).waitFor();
    await second.close();
  });

  test('the browser has complained about nothing: no defect, no breach of the policy', () => {
    expect(complaints).toEqual([]);
  });
});
