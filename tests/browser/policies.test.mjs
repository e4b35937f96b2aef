// The policies in the console: an error at its line, mended, saved, in force; and two editors at once. And the
// API's documentation.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { close, desk, open, phone, photograph, visit } from './browser.mjs';
import { Server, operator } from './server.mjs';

let server;
before(async () => {
  server = await Server.start();
  await open();
});
after(async () => {
  await close();
  await server?.stop();
});

const editor = (page) => page.locator('.editor .cm-content');
const file = (name) => `/admin/#/policies/${name}`;
const replace = async (page, text) => {
  await editor(page).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
};
const revision = async () => (await server.call('GET', '/api/v1/policies')).body.revision;

for (const size of [desk, phone]) {
  test(`the policies in force and a file of them are shown (${size.width} px)`, () => visit(server, { size, user: operator }, async (page) => {
    await page.goto('/admin/#/policies');
    await page.getByRole('heading', { name: 'flash_sale' }).waitFor();
    await photograph(page, 'admin-policies');
    await page.goto(file('scripts/flash_sale.lua'));
    await editor(page).getByText('per_user_limit').first().waitFor();
    assert.notEqual(await editor(page).locator('.cm-line span').count(), 0);  // highlighted
    // What is not seen is not measured, and its line numbers are not yet where its lines are.
    await editor(page).scrollIntoViewIfNeeded();
    await page.waitForFunction(() => {
      const tops = (selector) => [...document.querySelector('.editor').shadowRoot.querySelectorAll(selector)].map((one) => one.getBoundingClientRect().top);
      const lines = tops('.cm-line');
      return tops('.cm-lineNumbers .cm-gutterElement').slice(-lines.length).every((top, i) => Math.abs(top - lines[i]) < 2);
    });
    await photograph(page, 'admin-policy');
  }));
}

for (const size of [desk, phone]) {
  test(`an edit that is not saved is replayed over what was decided (${size.width} px)`, () => visit(server, { size, user: operator }, async (page) => {
    const id = `spring-${size.width}`;
    await server.campaign({ id, policy: 'flash_sale', params: { event_window: { daily: ['00:00/24h'] } } });
    for (const user of ['ann', 'bob']) {
      const { body: coupon } = await server.call('POST', `/api/v1/campaigns/${id}/issue`, { user_id: user });
      const used = await server.call('POST', `/api/v1/coupons/${coupon.code}/redeem`, { order: { amount: 10000, currency: 'KRW' } });
      assert.equal(used.status, 200);
    }
    await page.goto(file('scripts/flash_sale.lua'));
    await editor(page).getByText('per_user_limit').first().waitFor();
    const text = (await server.call('GET', '/api/v1/policies/files/scripts/flash_sale.lua')).body.text;
    await replace(page, text.replace('percent = 10', 'percent = 20'));
    await page.getByText('Replay the edits').click();
    await page.getByLabel('Campaign').fill(id);
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await page.getByText('2 would come out otherwise.').waitFor();
    await page.getByText('Discounts in KRW: 2,000 given, 4,000 with the edits (+2,000).').waitFor();
    await page.getByText('2 × discount').click();
    await page.getByText(/Discount 1,000 → .*Discount 2,000/i).first().waitFor();
    await photograph(page, 'admin-policy-replay');
    // Nothing was written, and nothing put in force.
    assert.equal((await server.call('GET', '/api/v1/policies/files/scripts/flash_sale.lua')).body.text, text);
  }));
}

for (const [size, locale] of [[desk, 'en-GB'], [phone, 'en-GB'], [phone, 'ko-KR'], [desk, 'ko-KR']]) {
  test(`an edit that is not saved watches live claims, by keyboard alone (${size.width} px, ${locale})`, () => visit(server, { size, locale, user: operator }, async (page) => {
    const say = (english, korean) => (locale === 'ko-KR' ? korean : english);
    const id = `shade-${locale.slice(0, 2)}-${size.width}`;
    await server.campaign({ id, policy: 'flash_sale', params: { event_window: { daily: ['00:00/24h'] } } });
    const claim = async (user) => (await server.call('POST', `/api/v1/campaigns/${id}/issue`, { user_id: user })).status;
    await page.goto(file('scripts/flash_sale.lua'));
    await editor(page).getByText('per_user_limit').first().waitFor();
    const text = (await server.call('GET', '/api/v1/policies/files/scripts/flash_sale.lua')).body.text;
    await replace(page, text.replace('rules = {', 'rules = {\n    daily_cap { max = 1 },'));
    const card = page.locator('details', { hasText: say('Shadow on live claims', '실제 요청에 그림자로 적용') });
    await card.locator('summary').first().focus();
    await page.keyboard.press('Enter');
    await card.getByText(say('No rule in force has shadow = true.', '적용 중인 규칙 가운데 shadow = true인 것이 없습니다.')).waitFor();
    await photograph(page, `admin-policy-shadow-none-${locale.slice(0, 2)}`);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), say('Watch with the edits', '수정 내용으로 지켜보기'));
    await page.keyboard.press('Enter');
    await card.getByText(say('The edits watch live claims now.', '이제 수정 내용이 실제 요청을 지켜봅니다.')).waitFor();
    for (const user of ['ann', 'bob', 'cho']) assert.equal(await claim(user), 201);
    await card.getByText(say('3 decisions looked at', '결정 3건 확인')).waitFor();
    await card.getByText(say('2 would come out otherwise.', '2건의 결과가 달라집니다.')).waitFor();
    await card.getByText('2 × daily_cap').focus();
    await page.keyboard.press('Enter');
    await card.getByText(new RegExp(`${say('allowed', '허용')}.* → daily_cap_reached`)).first().waitFor();
    await photograph(page, `admin-policy-shadow-${locale.slice(0, 2)}`);
    await card.getByRole('button', { name: say('Stop watching', '중지') }).focus();
    await page.keyboard.press('Enter');
    await card.getByText(say('The edits no longer watch.', '수정 내용이 더는 지켜보지 않습니다.')).waitFor();
    // What it had seen stays to be read; nothing was written, and the audit log has both.
    await card.getByText(say('2 would come out otherwise.', '2건의 결과가 달라집니다.')).waitFor();
    assert.equal((await server.call('GET', '/api/v1/policies/files/scripts/flash_sale.lua')).body.text, text);
    assert.equal((await server.call('GET', '/api/v1/policies/shadow')).body.candidate, null);
    const audit = (await server.call('GET', '/api/v1/audit?limit=2')).body.data;
    assert.deepEqual(audit.map((entry) => [entry.action, entry.subject]), [['shadow.ended', operator.login], ['shadow.cast', operator.login]]);
  }));
}

test('an error is shown at its line, mended, checked, saved, and put in force', () => visit(server, { refused: [422], user: operator }, async (page) => {
  const before_ = await revision();
  await page.goto(file('scripts/flash_sale.lua'));
  await editor(page).getByText('per_user_limit').first().waitFor();
  const text = (await server.call('GET', '/api/v1/policies/files/scripts/flash_sale.lua')).body.text;
  await replace(page, text.replace('discount {', 'dicsount {'));
  await page.getByRole('button', { name: 'Check & test' }).click();
  await page.getByRole('alert').getByText(/flash_sale\.lua:9/).waitFor();
  await page.getByRole('alert').getByText(/there is no 'dicsount' here/).waitFor();
  await page.locator('.editor .cm-lint-marker-error').waitFor();
  // The cursor is at the line, and so is the mark.
  assert.match(await page.locator('.editor .cm-activeLine').textContent(), /dicsount/);
  await photograph(page, 'admin-policy-error');
  assert.equal(await revision(), before_);

  await replace(page, text.replace('per_user_limit { max = 1 }', 'per_user_limit {  max = 1  }'));
  await page.getByRole('button', { name: 'Check & test' }).click();
  await page.getByText(/No errors; \d+ tests passed/).waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('scripts/flash_sale.lua is saved.').waitFor();
  await page.getByText('Files not in force: 1').waitFor();
  assert.equal(await revision(), before_);
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.getByText(/In force now: revision/).waitFor();
  await page.getByText('All in force').waitFor();
  assert.notEqual(await revision(), before_);
}));

test('what somebody else has saved meanwhile is not overwritten', () => visit(server, { refused: [412], user: operator }, async (page) => {
  await page.goto(file('scripts/toodat.lua'));
  await editor(page).getByText('per_user_limit').first().waitFor();
  const path = '/api/v1/policies/files/scripts/toodat.lua';
  const { body } = await server.call('GET', path);
  const other = await fetch(server.url + path, { method: 'PUT', body: JSON.stringify({ text: `${body.text}-- another\n` }),
    headers: { Authorization: `Bearer ${server.operator}`, 'Content-Type': 'application/json', 'If-Match': `"${body.sha256}"` } });
  assert.equal(other.status, 200);
  await replace(page, `${body.text}-- mine\n`);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText('Somebody else has changed scripts/toodat.lua since it was read.').waitFor();
  assert.match((await server.call('GET', path)).body.text, /another/);
  // The draft is still there after a look at another file, and can be given up for what is on disk.
  await page.getByRole('link', { name: 'welcome.lua' }).click();
  await editor(page).getByText('first_order_only').first().waitFor();
  await page.getByRole('link', { name: /toodat\.lua/ }).click();
  await editor(page).getByText('-- mine').waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
  await editor(page).getByText('-- another').waitFor();
  await page.getByText('Not saved', { exact: true }).waitFor({ state: 'detached' });
}));

test('a new policy is written from nothing', () => visit(server, { refused: [404], user: operator }, async (page) => {
  await page.goto('/admin/#/policies');
  await page.getByRole('button', { name: 'New file' }).click();
  await page.getByLabel('File name').fill('../evil');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('A name is of a to z, 0 to 9 and _.').waitFor();
  await page.getByLabel('File name').fill('fresh.lua');
  await page.getByRole('button', { name: 'Create' }).click();
  await editor(page).getByText('per_user_limit').first().waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('scripts/fresh.lua is saved.').waitFor();
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.getByText(/In force now/).waitFor();
  assert.ok((await server.call('GET', '/api/v1/policies')).body.policies.some((policy) => policy.name === 'fresh'));
}));

for (const size of [desk, phone]) {
  test(`the API's documentation is shown from its own description (${size.width} px)`, () => visit(server, { size }, async (page) => {
    await page.goto('/docs');
    await page.getByText('/api/v1/campaigns/{id}/issue', { exact: false }).first().waitFor();
    await photograph(page, 'docs');
    await page.locator('#operations-coupons-issueCoupon button').first().click();
    await page.getByText('A user may leave').first().waitFor();
  }));
}
