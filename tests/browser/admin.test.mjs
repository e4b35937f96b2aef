// The console: campaigns, codes, decisions, works, users, imports.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import english from '../../host/web/pages/src/admin/words_en.js';
import korean from '../../host/web/pages/src/admin/words_ko.js';
import { close, desk, open, phone, photograph, visit } from './browser.mjs';
import { Server, operator } from './server.mjs';

let server;
before(async () => {
  server = await Server.start('--clock', '2026-11-21T10:20:00+09:00');
  await open();
  await server.campaign({ id: 'spring', name: 'Spring sale', total: 500, timezone: 'Asia/Seoul' });
  for (let i = 0; i < 12; ++i) await server.call('POST', '/api/v1/campaigns/spring/issue', { user_id: `user-${i % 10}` });
});
after(async () => {
  await close();
  await server?.stop();
});

const counter = (page, name) => page.locator(`[data-counter="${name}"]`);

for (const size of [desk, phone]) {
  test(`who is no operator finds a form to sign in (${size.width} px)`, () => visit(server, { size, refused: [401] }, async (page) => {
    await page.goto('/admin/');
    await page.getByRole('heading', { name: 'Console' }).waitFor();
    await photograph(page, 'admin-gate');
    await page.getByLabel('Login').fill(operator.login);
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Wrong login or password.').waitFor();
    await page.getByLabel('Password').fill(operator.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: /Spring sale/ }).waitFor();
  }));

  test(`every room of the console shows what there is (${size.width} px)`, () => visit(server, { size, user: operator }, async (page) => {
    for (const [name, hash, text] of [
      ['campaigns', '#/campaigns', 'Spring sale'], ['campaign', '#/campaigns/spring', 'Claims over time'], ['new', '#/campaigns/new', 'Code pattern'],
      ['codes', '#/campaigns/spring/codes', 'user-9'], ['import', '#/campaigns/spring/import', 'Import codes'], ['settings', '#/campaigns/spring/settings', 'Metadata'],
      ['works', '#/works', /works/i], ['users', '#/users/user-3', 'Coupons of user-3'], ['code', '#/codes', 'In any case'],
    ]) {
      await page.goto(`/admin/${hash}`);
      await page.getByRole('main').getByText(text).first().waitFor();
      await page.locator('.skeleton:visible').first().waitFor({ state: 'hidden' });
      await photograph(page, `admin-${name}`);
    }
  }));
}

// What a page says: its texts, but for facts and verdicts as they were recorded, and what is read out of its fields
// and buttons.
const texts = (page) => page.evaluate(() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest('[translate=no]')) found.push(walker.currentNode.data.trim());
  for (const one of document.querySelectorAll('[aria-label], [placeholder]')) found.push(one.getAttribute('aria-label') ?? '', one.getAttribute('placeholder') ?? '');
  return found;
});
const onlyEnglish = new Set(Object.keys(english).filter((key) => english[key] !== korean[key] && !english[key].includes('{')).map((key) => english[key]));

for (const size of [desk, phone]) {
  test(`every room of the console speaks Korean, and nothing else, to who reads Korean (${size.width} px)`, () => visit(server, { size, locale: 'ko-KR', user: operator }, async (page) => {
    assert.deepEqual(Object.keys(korean).sort(), Object.keys(english).sort());
    for (const [name, hash, text] of [
      ['campaigns', '#/campaigns', korean.newCampaign], ['campaign', '#/campaigns/spring', korean.plot], ['new', '#/campaigns/new', korean.pattern],
      ['codes', '#/campaigns/spring/codes', korean.export], ['import', '#/campaigns/spring/import', korean.importTitle], ['settings', '#/campaigns/spring/settings', korean.metadata],
      ['works', '#/works', korean.addWork], ['users', '#/users/user-3', korean.saveAttributes], ['code', '#/codes', korean.searchCodeHint],
      ['decisions', '#/decisions', korean.decisionsLead], ['policies', '#/policies', korean.policiesLead], ['try', '#/policies/try', korean.tryLead],
    ]) {
      await page.goto(`/admin/${hash}`);
      await page.getByRole('main').getByText(text).first().waitFor();
      await page.locator('.skeleton:visible').first().waitFor({ state: 'hidden' });
      await photograph(page, `admin-${name}-ko`);
      assert.deepEqual((await texts(page)).filter((said) => onlyEnglish.has(said)), [], `${name} has English in it`);
    }
  }));
}

test('a user that is no operator is told so', () => visit(server, { user: { login: 'minji' } }, async (page) => {
  await page.goto('/admin/');
  await page.getByText('minji is signed in, but is no operator.').waitFor();
}));

test('a campaign is refused with its errors at their fields, mended, and made', () => visit(server, { refused: [400], user: operator }, async (page) => {
  await page.goto('/admin/#/campaigns/new');
  await page.getByLabel('Id').fill('Autumn Sale');
  await page.getByLabel('Total').fill('a thousand');
  await page.getByLabel('Policy').selectOption('welcome');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('must be [a-z0-9]').waitFor();
  assert.equal(await page.getByLabel('Id').getAttribute('aria-invalid'), 'true');
  assert.equal(await page.getByLabel('Total').getAttribute('aria-invalid'), 'true');
  await page.waitForFunction(() => document.activeElement.name === 'id');
  await photograph(page, 'admin-new-wrong');
  await page.getByLabel('Id').fill('autumn');
  await page.getByLabel('Name').fill('Autumn sale');
  await page.getByLabel('Total').fill('1000');
  await page.getByLabel('Parameters of the rules').fill('{"discount": {"percent": 500}}');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('params.discount.percent').waitFor();
  await page.getByLabel('Parameters of the rules').fill('{"discount": {"percent": 15}}');
  await page.getByLabel('Code pattern').fill('AUTUMN-#');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText(/too little room/).waitFor();
  await page.getByLabel('Code pattern').fill('AUTUMN-####-####');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: 'Autumn sale' }).waitFor();
  const { body } = await server.call('GET', '/api/v1/campaigns/autumn');
  assert.equal(body.total, 1000);
  assert.deepEqual(body.params, { discount: { percent: 15 } });
  assert.equal(body.code.pattern, 'AUTUMN-####-####');
}));

test('counters and the plot follow the claims', () => visit(server, { user: operator }, async (page) => {
  await server.campaign({ id: 'counted', name: 'Counted', total: 50 });
  await page.goto('/admin/#/campaigns/counted');
  await counter(page, 'issued').filter({ hasText: /^0$/ }).waitFor();
  for (let i = 0; i < 3; ++i) await server.call('POST', '/api/v1/campaigns/counted/issue', { user_id: `user-${i}` });
  await counter(page, 'issued').filter({ hasText: /^3$/ }).waitFor();
  await counter(page, 'remaining').filter({ hasText: /^47$/ }).waitFor();
  await page.getByRole('img', { name: /3 issued and 0 redeemed now/ }).waitFor();
}));

test('a campaign is edited, paused, activated, given more codes, and ended', () => visit(server, { user: operator }, async (page) => {
  await server.campaign({ id: 'edited', name: 'Before', total: 10 });
  await page.goto('/admin/#/campaigns/edited/settings');
  await page.getByLabel('Name').fill('After');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'After' }).waitFor();
  await page.getByRole('button', { name: 'More codes' }).click();
  await page.getByLabel('How many').fill('10000000000');
  await page.getByRole('button', { name: 'Generate' }).click();
  await counter(page, 'total').filter({ hasText: '10,000,000,010' }).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Activate' }).click();
  await page.getByRole('button', { name: 'End' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End' }).click();
  await page.locator('.badge', { hasText: 'Ended' }).waitFor();
  const { body } = await server.call('GET', '/api/v1/campaigns/edited');
  assert.equal(body.status, 'ended');
  assert.equal(body.name, 'After');
}));

test('a code is found however it is typed, assigned, redeemed, and the redemption cancelled', () => visit(server, { refused: [404], user: operator }, async (page) => {
  await server.campaign({ id: 'pool', name: 'Pool', total: 3 });
  const { body: pool } = await server.call('GET', '/api/v1/campaigns/pool/coupons?state=available');
  const { code } = pool.data[0];
  await page.goto('/admin/#/codes');
  const search = page.getByLabel('Code', { exact: true });
  await search.fill('no such code');
  await search.press('Enter');
  await page.getByRole('alert').getByText(/There is no such coupon/).waitFor();
  await search.fill(code.toLowerCase().replaceAll('-', ''));
  await search.press('Enter');
  await page.getByRole('button', { name: 'Assign' }).click();
  await page.getByLabel('User').fill('minji');
  await page.getByRole('dialog').getByRole('button', { name: 'Assign' }).click();
  await page.getByText('Assigned.').waitFor();
  await page.getByRole('button', { name: 'Redeem' }).click();
  await page.getByLabel('Order amount').fill('20000');
  await page.getByRole('dialog').getByRole('button', { name: 'Redeem' }).click();
  await page.getByText('2000 KRW').waitFor();
  await page.getByRole('button', { name: 'Cancel the redemption' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the redemption' }).click();
  await page.getByText('The redemption is cancelled.').waitFor();
  const { body } = await server.call('GET', `/api/v1/coupons/${code}`);
  assert.equal(body.state, 'issued');
  assert.equal(body.user_id, 'minji');
}));

for (const size of [desk, phone]) {
  test(`why a user was refused is told rule by rule (${size.width} px)`, () => visit(server, { size, user: operator }, async (page) => {
    await page.goto('/admin/#/users/user-1');
    await page.getByRole('link', { name: 'Why refused?' }).click();
    await page.getByLabel('Refusals only').check();
    await page.locator('summary', { hasText: 'already_issued' }).click();
    await page.getByText('“You already have this coupon.”').waitFor();
    const rule = page.locator('.trace li').filter({ hasText: 'per_user_limit' });
    await rule.getByText('refused', { exact: true }).waitFor();
    await page.getByText('Facts', { exact: true }).waitFor();
    await photograph(page, 'admin-decision');
    await page.locator('details[open]').getByRole('button', { name: 'Explain' }).click();
    await page.getByText('it comes out the same, byte for byte').waitFor();
    await page.locator('.explanation li').filter({ hasText: 'per_user_limit' }).getByText('decided').waitFor();
    await photograph(page, 'admin-explained');
    await page.getByLabel('Campaign').fill('none');
    await page.getByLabel('Campaign').press('Escape');
  }));
}

for (const size of [desk, phone]) {
  test(`decisions are found by reason, kind and time, and those that were only counted are told (${size.width} px)`, () => visit(server, { size, user: operator }, async (page) => {
    await server.campaign({ id: `rush-${size.width}`, total: 0 });
    // One call is decided at one instant.
    await server.call('POST', `/api/v1/campaigns/rush-${size.width}/issue/batch`, { items: Array.from({ length: 350 }, (_, i) => ({ user_id: `user-${i}` })) });
    await page.goto(`/admin/#/decisions?campaign=rush-${size.width}`);
    await page.getByLabel('Reason').fill('sold_out');
    await page.getByLabel('What').selectOption('issue');
    await page.getByLabel('From').fill('2020-01-01T00:00');
    await page.getByRole('button', { name: 'Search' }).click();
    const more = page.locator('summary', { hasText: 'only counted' });
    await more.getByText('+ 250').waitFor();
    await more.click();
    await page.getByRole('cell', { name: 'sold_out' }).first().waitFor();
    await photograph(page, 'admin-decisions-counted');
    await page.getByLabel('What').selectOption('redeem');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('No such decisions').waitFor();
    assert.equal(await more.count(), 0);
  }));
}

test('attributes are told of a user, and keep their types', () => visit(server, { user: operator }, async (page) => {
  await page.goto('/admin/#/users/user-2');
  await page.getByLabel('Name').fill('tier');
  await page.getByLabel('Value').fill('gold');
  await page.getByRole('button', { name: 'One more' }).click();
  await page.getByLabel('Name').nth(1).fill('orders');
  await page.getByLabel('Value').nth(1).fill('3');
  await page.getByRole('button', { name: 'Save attributes' }).click();
  await page.getByText('Saved.').waitFor();
  const { body } = await server.call('GET', '/api/v1/users/user-2/attributes');
  assert.deepEqual(body, { tier: 'gold', orders: 3 });
}));

test('works are added, renamed and deleted, and the event gives a coupon for each', async () => {
  await visit(server, { refused: [400, 409], user: operator }, async (page) => {
    await page.goto('/admin/#/works');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.waitForFunction(() => document.activeElement.getAttribute('aria-invalid') === 'true');
    for (const title of ['신의 탑', 'Tower', 'Gone']) {
      await page.getByLabel('Title').fill(title);
      await page.getByRole('button', { name: 'Add' }).click();
      await page.getByRole('cell', { name: title, exact: true }).waitFor();
    }
    await page.getByRole('button', { name: 'Rename Tower' }).click();
    await page.getByRole('dialog').getByLabel('Title').fill('The Tower');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: 'The Tower', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Delete Gone' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('cell', { name: 'Gone', exact: true }).waitFor({ state: 'detached' });
    await photograph(page, 'admin-works-some');
  });
  await server.campaign({ id: 'works', name: 'Webtoon week', policy: 'toodat', params: { amount: { amount: 1000 } } });
  for (const size of [desk, phone]) {
    await visit(server, { size, user: { login: `reader-${size.width}` } }, async (page) => {
      await page.goto('/event/?campaign=works');
      await page.getByRole('button', { name: 'Get a coupon for The Tower' }).click();
      await page.locator('.ticket .code').waitFor();
      await photograph(page, 'event-works');
      assert.equal(await page.getByRole('button', { name: 'Get a coupon for 신의 탑' }).isEnabled(), true);
    });
  }
});

test('a file of codes goes up with its progress, its bad rows are listed, and what came in comes out again', async () => {
  await server.campaign({ id: 'filled', name: 'Filled', total: 0 });
  await visit(server, { refused: [404], user: operator }, async (page) => {
    await page.goto('/admin/#/campaigns/filled/import');
    const rows = Array.from({ length: 500 }, (_, i) => `PARTNER-${1000 + i}`);
    rows[7] = 'A,B,C';
    await page.getByLabel('CSV file').setInputFiles({ name: 'codes.csv', mimeType: 'text/csv', buffer: Buffer.from(`code\n${rows.join('\n')}\n`) });
    await page.getByRole('button', { name: 'Import' }).click();
    await page.getByText('500 rows read, 499 imported, 1 rejected').waitFor();
    const bar = page.getByRole('progressbar', { name: 'Import codes' });
    assert.deepEqual(await bar.evaluate((one) => [one.value, one.max]), [1, 1]);
    await page.getByText('Bad rows: 1').waitFor();
    await photograph(page, 'admin-imported');
    await page.goto('/admin/#/campaigns/filled/codes');
    await page.getByLabel('State').selectOption('available');
    await page.getByText('PARTNER-1499').first().waitFor();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export' }).click()]);
    assert.equal(file.suggestedFilename(), 'filled.csv');
    const lines = readFileSync(await file.path(), 'utf8').trim().split('\n');
    assert.equal(lines.length, 500);
    assert.equal(lines[1], 'PARTNER-1000,available,,,,,');
  });
  await visit(server, { size: phone, user: operator }, async (page) => {
    await page.goto('/admin/#/campaigns/filled/import');
    await page.getByRole('main').getByText('499').first().waitFor();
    await photograph(page, 'admin-imports-list');
  });
});
