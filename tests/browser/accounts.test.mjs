// Signing up, signing in and out, and what is said when that does not work.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { close, desk, open, phone, photograph, visit } from './browser.mjs';
import { Server } from './server.mjs';

let server;
before(async () => {
  server = await Server.start();
  await open();
  await server.campaign({ id: 'spring', name: 'Spring sale' });
});
after(async () => {
  await close();
  await server?.stop();
});

for (const size of [desk, phone]) {
  test(`a visitor signs up, is led back to the event, and signs out (${size.width} px)`, () => visit(server, { size }, async (page) => {
    const login = `minji-${size.width}@example.com`;
    await page.goto('/event/?campaign=spring');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await photograph(page, 'event-signed-out');
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.waitForURL('**/signup-page/**');
    await photograph(page, 'signup');
    await page.getByLabel('Login').fill(login);
    await page.getByLabel('Password', { exact: true }).fill('correct horse');
    await page.getByLabel('Password, once more').fill('correct horse');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.waitForURL('**/event/?campaign=spring');
    await page.getByRole('heading', { name: 'Spring sale' }).waitFor();
    assert.equal((await page.context().cookies()).find((cookie) => cookie.name === 'scrip_session').httpOnly, true);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Create an account' }).waitFor();
    assert.equal((await page.context().cookies()).length, 0);
  }));
}

test('a form that is filled in wrongly says so at the fields, and the first of them has the focus', () => visit(server, {}, async (page) => {
  await page.goto('/signup-page/');
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByLabel('Password, once more').fill('other');
  await page.getByRole('button', { name: 'Sign up' }).click();
  const login = page.getByLabel('Login');
  await page.waitForFunction(() => document.activeElement.name === 'login');
  assert.equal(await login.getAttribute('aria-invalid'), 'true');
  const described = (await login.getAttribute('aria-describedby')).split(' ').at(-1);
  assert.equal(await page.locator(`[id="${described}"]`).textContent(), 'Please fill this in.');
  await page.getByText('Please use at least 8 characters.').waitFor();
  await photograph(page, 'signup-wrong');
}));

test('a name that is taken is said at its field, in the words of the server', () => visit(server, { refused: [409] }, async (page) => {
  const { login } = await server.account('taken');
  await page.goto('/signup-page/');
  await page.getByLabel('Login').fill(login);
  await page.getByLabel('Password', { exact: true }).fill('correct horse');
  await page.getByLabel('Password, once more').fill('correct horse');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByText('There is already an account taken.').waitFor();
  assert.equal(await page.getByLabel('Login').getAttribute('aria-invalid'), 'true');
}));

for (const size of [desk, phone]) {
  test(`a wrong password is refused, the right one leads back to where one came from (${size.width} px)`, () => visit(server, { size, refused: [401] }, async (page) => {
    const { login, password } = await server.account(`junho-${size.width}`);
    await page.goto('/login-page/?next=%2Fevent%2F%3Fcampaign%3Dspring');
    await page.getByLabel('Login').fill(login);
    await page.getByLabel('Password').fill('wrong horse');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('Wrong login or password.').waitFor();
    await photograph(page, 'login');
    await page.getByLabel('Password').fill(password);
    await page.getByLabel('Password').press('Enter');
    await page.waitForURL('**/event/?campaign=spring');
    await page.getByRole('heading', { name: 'Spring sale' }).waitFor();
  }));
}

for (const next of ['https://example.com/', '//example.com/', '/\\\\example.com', 'javascript:alert(1)']) {
  test(`signing in does not lead to ${next}`, () => visit(server, {}, async (page) => {
    const { login, password } = await server.account('sora');
    await page.goto(`/login-page/?next=${encodeURIComponent(next)}`);
    await page.getByLabel('Login').fill(login);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/event/');
    await page.getByRole('heading', { name: 'Spring sale' }).waitFor();
  }));
}
