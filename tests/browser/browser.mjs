// One Chromium for all tests of a file, and pages in it that fail their test when they log an error,
// violate the Content-Security-Policy, or ask another host for anything.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

export const desk = { width: 1280, height: 900 };
export const phone = { width: 390, height: 844 };
const screenshots = resolve(process.env.SCRIP_SCREENSHOTS || join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../build/screenshots'));

let browser;

export async function open() {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    // Root, as in a container, gets no sandbox; and /dev/shm is small there.
    args: [...(process.getuid() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage'],
  });
}

export const close = () => browser?.close();

// visit(server, {…}, async (page) => …): a new visitor. `refused` are the statuses with which the API may
// answer meanwhile; the browser logs each as an error.
export async function visit(server, { size = desk, locale = 'en-GB', scheme = 'light', refused = [], user } = {}, work) {
  const context = await browser.newContext({
    baseURL: server.url, viewport: size, locale, colorScheme: scheme, timezoneId: 'Asia/Seoul', reducedMotion: 'reduce',
    hasTouch: size === phone, permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(60_000);
  const wrong = [];
  // Nothing leaves for another host, also not before it is noticed.
  await context.route('**/*', (route) => {
    if (new URL(route.request().url()).origin === server.url) return route.continue();
    wrong.push(`a request to ${route.request().url()}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    const status = /the server responded with a status of (\d+)/.exec(message.text());
    if (status && refused.includes(Number(status[1])) && message.location().url.startsWith(`${server.url}/api/`)) return;
    wrong.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => wrong.push(`an exception: ${error.stack}`));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
  });
  try {
    if (user) {
      // As signing in would; that has a limit, and tests of its own.
      await context.addCookies([{ name: 'scrip_session', value: server.token(user.login, user.role || 'user'), url: server.url, httpOnly: true, sameSite: 'Lax' }]);
    }
    await work(page);
    assert.deepEqual(wrong, []);
  } catch (error) {
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, 'failed.png') }).catch(() => {});
    if (wrong.length) error.message += `\nThe page said: ${wrong.join('\n')}`;
    throw error;
  } finally {
    await context.close();
  }
}

// build/screenshots/NAME-WIDTH.png, of the whole page.
export async function photograph(page, name) {
  mkdirSync(screenshots, { recursive: true });
  const { width } = page.viewportSize();
  await page.screenshot({ path: join(screenshots, `${name}-${width}.png`), fullPage: true });
  // Nothing sticks out to the side.
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(over <= 0, `${name} is ${over} px wider than its window of ${width}`);
}
