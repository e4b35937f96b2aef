// Every page as its readers have it: on a desk and on a phone, in both languages, light and dark. What sticks out
// to the side fails the test, and what axe finds does (controls without a name, text without contrast, landmarks
// and headings that lead nowhere); the pictures are for people to look at.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { close, desk, open, phone, photograph, visit } from './browser.mjs';
import { chosen, member, openShop } from './demo.mjs';
import { operator } from './server.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let server;
before(async () => {
  server = await openShop();
  await open();
});
after(async () => {
  await close();
  await server?.stop();
});

// [name, address, what is there when it is all there]. The pages speak; so selectors, not sentences.
const outside = [
  ['event-signed-out', '/event/', '.invitation h1'],
  ['signup', '/signup-page/', 'input[name=again]'],
  ['login', '/login-page/', 'input[name=password]'],
  ['admin-gate', '/admin/', 'input[name=password]'],
  ['docs', '/docs', '#operations-coupons-issueCoupon'],
];
const members = [
  ['event-running', '/event/', '.works li button:enabled'],
  ['event-waiting', '/event/?campaign=coupon-live', '.facts [role=timer]'],
  ['event-inactive', '/event/?campaign=chuseok', '.hero .ticket'],
  ['event-none', '/event/?campaign=none', '.blank'],
];
const operators = () => [
  ['campaigns', '#/campaigns', '.campaign .meter'],
  ['campaign-new', '#/campaigns/new', 'input[name=id]'],
  ['campaign', '#/campaigns/spring-2026', '.plot .line.issued'],
  ['campaign-codes', '#/campaigns/spring-2026/codes', 'tbody tr'],
  ['campaign-import', '#/campaigns/first-order/import', 'tbody tr'],
  ['campaign-settings', '#/campaigns/spring-2026/settings', 'input[name=name]'],
  ['code', `#/codes/${chosen.code}`, '.code.big'],
  ['works', '#/works', 'tbody tr'],
  ['users', '#/users', 'main input'],
  ['user', `#/users/${encodeURIComponent(chosen.user)}`, 'tbody tr'],
  ['decisions', '#/decisions', '.decision'],
  ['policies', '#/policies', '.rules li'],
  ['policy', '#/policies/scripts/coupon_live.lua', '.editor:not([hidden]) [contenteditable=true] .cm-line'],
  ['try', '#/policies/try', 'main form'],
].map(([name, address, there]) => [`admin-${name}`, `/admin/${address}`, there]);

async function lookAt(page, name, address, there, audited) {
  await page.goto(address);
  await page.locator(there).first().waitFor();
  // The editor measures its lines when they are seen.
  await page.locator(there).first().scrollIntoViewIfNeeded();
  await page.locator('.skeleton:visible').first().waitFor({ state: 'hidden' });
  await photograph(page, `page-${name}`);
  if (!audited) return [];
  await page.evaluate(axe);
  // Swagger UI is as it comes.
  const found = await page.evaluate(() => axe.run({ exclude: [['#swagger']] }, { resultTypes: ['violations'] }));
  return found.violations.flatMap((rule) => rule.nodes.map((node) =>
    `${name}, ${rule.id}: ${node.target.flat().join(' ')}: ${node.failureSummary.split('\n').slice(1, 3).join(' ').trim()}`));
}

// axe takes its time, so it is asked once about each width, language and scheme, and not about all their products.
// A change is tested in the two views that differ most; SCRIP_ALL_VIEWS=1 takes all five, for who looks at the pictures.
const views = [[desk, 'en-GB', 'light', true], [phone, 'ko-KR', 'light', true]];
if (process.env.SCRIP_ALL_VIEWS) {
  views.push([desk, 'ko-KR', 'light', false], [desk, 'en-GB', 'dark', true], [phone, 'en-GB', 'light', false]);
}
for (const [size, locale, scheme, audited] of views) {
  const view = `${locale.slice(0, 2)}${scheme === 'dark' ? '-dark' : ''}`;
  const walk = (who, list, options) => test(`${who} reads every page (${size.width} px, ${view})`, () =>
    visit(server, { size, locale, scheme, ...options }, async (page) => {
      const found = [];
      for (const [name, address, there] of list()) {
        found.push(...await lookAt(page, `${name}-${view}`, address, there, audited));
        assert.equal(await page.getAttribute('html', 'lang'), locale.slice(0, 2));
      }
      assert.deepEqual(found, []);
    }));
  walk('a visitor', () => outside, {});
  walk('a member', () => members, { user: member, refused: [404] });
  walk('an operator', operators, { user: operator });
}
