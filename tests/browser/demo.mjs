// A shop in the middle of its week, as its visitors and its operator find it: campaigns that run, wait and are
// over, members with coupons in every state, refusals, a file that was imported with bad rows in it.
import { Server } from './server.mjs';

export const member = { login: 'minji.kim@example.com' };
export const chosen = { user: 'junho.park@example.com' };

async function done(server, ...call) {
  const { status, body } = await server.call(...call);
  if (status >= 400) throw new Error(`${call[0]} ${call[1]}: ${JSON.stringify(body)}`);
  return body;
}

export async function openShop() {
  // In the minute before one of coupon-live's windows, which is 39 minutes away.
  const server = await Server.start('--compat', '--timezone', 'Asia/Seoul', '--clock', '2026-11-21T14:20:30+09:00');
  const call = (...rest) => done(server, ...rest);
  for (const [id, name] of [['toodat', '웹툰 주간 · Webtoon week'], ['kakaopay', '카카오페이 쿠폰'], ['coupon-live', '라이브 쿠폰 10만 장']]) {
    await call('PATCH', `/api/v1/campaigns/${id}`, { name, ...(id === 'toodat' ? { params: { amount: { amount: 1000 } } } : {}) });
  }
  await call('POST', '/api/v1/campaigns/kakaopay/coupons', { count: 10_000_000_000 });
  await server.campaign({ id: 'spring-2026', name: 'Spring sale for members who signed up before the first of March', total: 500, timezone: 'Asia/Seoul',
    ends_at: '2026-12-24T23:59:59+09:00', metadata: { channel: 'mail', owner: 'crm-team' } });
  await server.campaign({ id: 'first-order', name: '첫 주문 10% 할인', total: null, timezone: 'Asia/Seoul' });
  await server.campaign({ id: 'chuseok', name: '추석 감사 쿠폰', total: 300, timezone: 'Asia/Seoul' });
  for (const title of ['신의 탑', '나 혼자만 레벨업', 'The Remarried Empress', '화산귀환', '여신강림', 'Omniscient Reader’s Viewpoint']) {
    await call('POST', '/api/v1/works', { title });
  }
  const users = [chosen.user, ...Array.from({ length: 40 }, (_, i) => `customer-${1001 + i}`)];
  for (const [i, user] of users.entries()) {
    const { code } = await call('POST', '/api/v1/campaigns/spring-2026/issue', { user_id: user });
    if (i % 3 === 0) await call('POST', `/api/v1/coupons/${code}/redeem`, { order: { amount: 32000 + i * 700, currency: 'KRW', id: `order-${7000 + i}` } });
    if (i % 9 === 0) await call('POST', `/api/v1/coupons/${code}/cancel`, {});
    if (i === 1) chosen.code = code;
    if (i % 2 === 0) await call('POST', '/api/v1/campaigns/toodat/issue', { user_id: user, subject: `work:${1 + (i % 6)}` });
  }
  for (const user of users.slice(0, 5)) await server.call('POST', '/api/v1/campaigns/spring-2026/issue', { user_id: user });  // refused
  await call('PUT', `/api/v1/users/${encodeURIComponent(chosen.user)}/attributes`, { tier: 'gold', orders: 3, newsletter: true });
  await call('POST', '/api/v1/campaigns/chuseok/issue', { user_id: member.login });
  await call('PATCH', '/api/v1/campaigns/chuseok', { status: 'ended' });
  const rows = Array.from({ length: 300 }, (_, i) => `PARTNER-${100000 + i},`);
  rows[11] = 'PARTNER-100000,';
  rows[42] = 'A,B,C';
  await call('POST', '/api/v1/campaigns/first-order/imports?id=partner-november', `code,user_id\n${rows.join('\n')}\n`);
  await server.account(member.login);
  return server;
}
