// Asking the rules in the console what they would say: as things are, and as somebody supposes them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { close, desk, open, phone, photograph, visit } from './browser.mjs';
import { Server, operator } from './server.mjs';

let server;
before(async () => {
  server = await Server.start('--clock', '2026-11-21T10:00:00+09:00');
  await server.campaign({ id: 'spring', timezone: 'Asia/Seoul' });
  await server.call('POST', '/api/v1/campaigns/spring/issue', { user_id: 'minji' });
  await open();
});
after(async () => {
  await close();
  await server?.stop();
});

const answer = (page) => page.getByRole('region', { name: /Verdict|판정/ });
const issued = async () => (await server.call('GET', '/api/v1/campaigns/spring')).body.issued;

for (const size of [desk, phone]) {
  test(`a claim is tried, as it is and as it is supposed (${size.width} px)`, () => visit(server, { size, user: operator }, async (page) => {
    const before_ = await issued();
    await page.goto('/admin/#/policies');
    await page.getByRole('link', { name: 'Try' }).click();
    await page.getByRole('heading', { name: 'Try' }).waitFor();
    await page.getByLabel('Campaign', { exact: true }).selectOption('spring');
    await page.getByLabel('User', { exact: true }).fill('minji');
    await page.getByRole('button', { name: 'Ask' }).click();
    await answer(page).getByText('already_issued').first().waitFor();
    await answer(page).getByText('It would be refused.').waitFor();
    // In her first days, before she had one.
    await page.getByLabel('Coupons the user has got').fill('0');
    await page.getByLabel('At', { exact: true }).fill('2026-12-24T18:30:05');
    await page.getByLabel('Attributes').fill('{"orders": 0}');
    await page.getByRole('button', { name: 'Ask' }).click();
    await answer(page).getByText('A coupon would be issued.').waitFor();
    await answer(page).getByText('2026-12-24T09:30:05Z').first().waitFor();
    assert.deepEqual(await answer(page).locator('.trace > li strong').allTextContents(), ['per_user_limit', 'first_order_only', 'expiry']);
    await photograph(page, 'admin-try');
    assert.equal(await issued(), before_);
  }));
}

test('a use is tried with the keyboard alone, and what is wrong is said at its field', () => visit(server, { refused: [400, 404], user: operator }, async (page) => {
  const { body: coupon } = await server.call('GET', '/api/v1/coupons?user_id=minji');
  const { code } = coupon.data[0];
  await page.goto('/admin/#/policies/try');
  await page.getByLabel('About').focus();
  await page.keyboard.press('ArrowDown');
  await page.getByLabel('Code').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type('NOBODY-HAS-THIS');
  await page.keyboard.press('Enter');
  await page.getByText('must be an integer').waitFor();
  // The first wrong field has the focus.
  assert.equal(await page.evaluate(() => document.activeElement.name), 'amount');
  await page.keyboard.type('20000');
  await page.keyboard.press('Enter');
  await page.getByText('There is no such coupon.').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.name), 'code');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(code.toLowerCase());
  await page.keyboard.press('Enter');
  await answer(page).getByText('The coupon would be redeemed.').waitFor();
  await answer(page).getByText('2000 KRW').waitFor();
  await page.getByLabel('Attributes').fill('nonsense');
  await page.getByRole('button', { name: 'Ask' }).click();
  await page.getByText('must be a JSON object').waitFor();
  await page.getByLabel('Attributes').fill('{"a": []}');
  await page.getByRole('button', { name: 'Ask' }).click();
  await page.getByText('must be a string, a number or a boolean').waitFor();
  assert.equal((await server.call('GET', `/api/v1/coupons/${code}`)).body.state, 'issued');
}));

test('in Korean', () => visit(server, { size: phone, locale: 'ko-KR', user: operator }, async (page) => {
  await page.goto('/admin/#/policies/try');
  await page.getByLabel('사용자', { exact: true }).fill('minji');
  await page.getByRole('button', { name: '물어보기' }).click();
  await answer(page).getByText('거절됩니다.').waitFor();
  await photograph(page, 'admin-try-ko');
}));
