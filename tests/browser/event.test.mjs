// The event page: claiming, what it says when there is nothing to claim, and what changes by itself.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { close, desk, open, phone, photograph, visit } from './browser.mjs';
import { Server } from './server.mjs';

let server;
before(async () => {
  // Long before the first window of coupon_live.
  server = await Server.start('--clock', '2026-11-21T09:10:00+09:00');
  await open();
  await server.campaign({ id: 'spring', name: 'Spring sale', timezone: 'Asia/Seoul' });
});
after(async () => {
  await close();
  await server?.stop();
});

let visitors = 0;
const someone = () => ({ login: `visitor-${++visitors}` });
const remaining = (page) => page.locator('[data-remaining]');

for (const size of [desk, phone]) {
  test(`a coupon is claimed, shown, copied, and still there later (${size.width} px)`, () => visit(server, { size, user: someone() }, async (page) => {
    await page.goto('/event/');  // campaign number 1
    await page.getByRole('heading', { name: 'Spring sale' }).waitFor();
    await page.getByRole('button', { name: 'Get my coupon' }).click();
    const code = await page.locator('.ticket .code').textContent();
    assert.match(code, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
    await page.waitForFunction(() => document.activeElement.textContent.includes('Here is your coupon'));
    await page.getByRole('button', { name: /^Copy/ }).click();
    await page.getByText('Copied').first().waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), code);
    await photograph(page, 'event-claimed');
    await page.reload();
    assert.equal(await page.locator('.ticket .code').textContent(), code);
    const { body } = await server.call('GET', `/api/v1/coupons/${code}`);
    assert.equal(body.state, 'issued');
  }));
}

test('a refusal is shown in the words of the server', () => visit(server, { refused: [409], user: someone() }, async (page) => {
  await page.goto('/event/?campaign=spring');
  await page.getByRole('button', { name: 'Get my coupon' }).click();
  await page.locator('.ticket').waitFor();
  await page.getByRole('button', { name: 'Get another one' }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'You have yours already' });
  await alert.waitFor();
  assert.match(await alert.textContent(), /You already have this coupon\./);
  await photograph(page, 'event-refused');
}));

test('what remains follows the claims of others, down to sold out and up again', () => visit(server, { user: someone() }, async (page) => {
  await server.campaign({ id: 'few', name: 'Few', total: 2, policy: 'campaign_rpc' });
  await page.goto('/event/?campaign=few');
  await remaining(page).filter({ hasText: '2' }).waitFor();
  await server.call('POST', '/api/v1/campaigns/few/issue', { user_id: 'a' });
  await remaining(page).filter({ hasText: '1' }).waitFor();
  await server.call('POST', '/api/v1/campaigns/few/issue', { user_id: 'b' });
  await page.locator('.badge', { hasText: 'Sold out' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Get my coupon' }).isDisabled(), true);
  await photograph(page, 'event-sold-out');
  await server.call('POST', '/api/v1/campaigns/few/coupons', { count: 5 });
  await page.locator('.badge', { hasText: 'Open now' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Get my coupon' }).isEnabled(), true);
}));

test('a claim that comes too late is refused with the reason', () => visit(server, { refused: [409], user: someone() }, async (page) => {
  await server.campaign({ id: 'last', name: 'Last one', total: 1, policy: 'campaign_rpc' });
  await page.goto('/event/?campaign=last');
  const button = page.getByRole('button', { name: 'Get my coupon' });
  await button.and(page.locator(':enabled')).waitFor();
  // Somebody else is quicker, and the page has not heard of it.
  await page.route('**/api/v1/campaigns/last/issue', async (route) => {
    await server.call('POST', '/api/v1/campaigns/last/issue', { user_id: 'quicker' });
    await route.continue();
  });
  await button.click();
  await page.getByRole('alert').filter({ hasText: 'Sold out' }).waitFor();
}));

test('an event that has not begun counts down to its window, and opens by itself', () => visit(server, { user: someone() }, async (page) => {
  await server.campaign({ id: 'live', name: 'Live', policy: 'coupon_live', timezone: 'Asia/Seoul', total: 100000 });
  await page.goto('/event/?campaign=live');
  await page.locator('.badge', { hasText: 'Opens soon' }).waitFor();
  assert.match(await page.getByRole('timer').textContent(), /^00:[345]\d:\d\d$/);
  assert.equal(await page.getByRole('button', { name: 'Get my coupon' }).isDisabled(), true);
  assert.equal(await page.getByText('Next windows').isVisible(), true);
  await photograph(page, 'event-before');
}));

test('at the opening instant the button opens, without a word from the server', async () => {
  const early = await Server.start('--clock', '2026-11-21T09:59:57+09:00');
  try {
    await early.campaign({ id: 'live', name: 'Live', policy: 'coupon_live', timezone: 'Asia/Seoul', total: 100 });
    await visit(early, { user: someone() }, async (page) => {
      await page.goto('/event/');
      await page.getByRole('button', { name: 'Get my coupon' }).and(page.locator(':enabled')).waitFor();
      await page.getByText('Closes in').waitFor();
      await page.getByRole('button', { name: 'Get my coupon' }).click();
      await page.locator('.ticket').waitFor();
    });
  } finally {
    await early.stop();
  }
});

for (const [name, body, text] of [
  ['paused', { status: 'paused' }, 'This event takes a short break.'],
  ['ended', { status: 'ended' }, 'This event is over.'],
]) {
  test(`an event that is ${name} says so, and has no button`, () => visit(server, { user: someone() }, async (page) => {
    await server.campaign({ id: name, name: `An event that is ${name}` });
    await server.call('PATCH', `/api/v1/campaigns/${name}`, body);
    await page.goto(`/event/?campaign=${name}`);
    await page.getByText(text).waitFor();
    assert.equal(await page.getByRole('button', { name: /coupon/ }).count(), 0);
    await photograph(page, `event-${name}`);
  }));
}

test('an event that there is not is said plainly', () => visit(server, { refused: [404], user: someone() }, async (page) => {
  await page.goto('/event/?campaign=none');
  await page.getByText('There is no such event').waitFor();
}));

for (const size of [desk, phone]) {
  test(`Korean is spoken to who reads Korean, and English after a switch that is remembered (${size.width} px)`, () => visit(server, { size, locale: 'ko-KR', scheme: 'dark', user: someone() }, async (page) => {
    await page.goto('/event/?campaign=spring');
    await page.getByRole('button', { name: '쿠폰 받기' }).waitFor();
    assert.equal(await page.getAttribute('html', 'lang'), 'ko');
    await photograph(page, 'event-korean-dark');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('button', { name: 'Get my coupon' }).waitFor();
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    await page.reload();
    await page.getByRole('button', { name: 'Get my coupon' }).waitFor();
  }));
}

test('everything can be done by keyboard', () => visit(server, { user: someone() }, async (page) => {
  await page.goto('/event/?campaign=spring');
  await page.getByRole('button', { name: 'Get my coupon' }).and(page.locator(':enabled')).waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.textContent), /Get my coupon/);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.textContent.includes('Here is your coupon'));
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), /^Copy/);
}));

test('a server that is away is said, and found again by itself', () => visit(server, { refused: [503], user: someone() }, async (page) => {
  await page.goto('/event/?campaign=spring');
  await page.getByRole('button', { name: 'Get my coupon' }).waitFor();
  await page.route('**/api/v1/campaigns/spring', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json',
    body: JSON.stringify({ status: 503, code: 'storage_unavailable', detail: 'The store cannot be reached right now. Please try again.' }) }));
  await page.getByText('The store cannot be reached right now.').waitFor();
  await page.unroute('**/api/v1/campaigns/spring');
  await page.getByText('The store cannot be reached right now.').waitFor({ state: 'detached' });
}));
