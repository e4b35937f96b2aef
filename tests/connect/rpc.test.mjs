// The Campaign RPC, called by a real Connect client over HTTP/1.1.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { compressionGzip, createConnectTransport } from '@connectrpc/connect-node';
import { Server } from './server.mjs';
import { CampaignService, CouponService } from './services.mjs';

let server;
let token;
let campaigns = 0;

before(async () => {
  server = await Server.start('--timezone', 'Asia/Seoul');
  token = server.token('service');
});

after(async () => {
  assert.equal(await server.stop(), 0);
});

// Clients of both services. `seen` gets the answers' headers.
function clients({ seen = [], bearer = token, url = server.url, ...options } = {}) {
  const transport = createConnectTransport({
    baseUrl: url,
    httpVersion: '1.1',
    ...options,
    interceptors: [
      (next) => async (request) => {
        if (bearer) request.header.set('Authorization', `Bearer ${bearer}`);
        const response = await next(request);
        seen.push(response.header);
        return response;
      },
    ],
  });
  return { campaign: createClient(CampaignService, transport), coupon: createClient(CouponService, transport) };
}

const fresh = () => `camp-${(campaigns += 1)}`;
const days = { startDate: '2000-01-01', expiredDate: '2999-12-31' };

async function refused(code, call) {
  const error = await call.then(
    () => assert.fail('it was not refused'),
    (reason) => ConnectError.from(reason),
  );
  assert.equal(Code[error.code], Code[code], error.message);
  return error;
}

for (const useBinaryFormat of [false, true]) {
  describe(useBinaryFormat ? 'in protobuf' : 'in JSON', () => {
    test('a campaign is created, shown, and its coupons are issued until there are none', async () => {
      const { campaign, coupon } = clients({ useBinaryFormat });
      const campaignId = fresh();
      const created = await campaign.createCampaign({ campaignId, ...days, maxCoupon: 2n });
      assert.deepEqual([created.result.success, created.result.message, created.result.errorCode], [true, '', '']);
      const first = await coupon.issueCoupon({ campaignId });
      const second = await coupon.issueCoupon({ campaignId });
      assert.ok(first.result.success && second.result.success);
      assert.match(first.couponCode, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
      const third = await coupon.issueCoupon({ campaignId });
      assert.deepEqual([third.result.success, third.result.message, third.couponCode], [
        false,
        'no more available coupon',
        '',
      ]);
      const { result, info } = await campaign.getCampaign({ campaignId });
      assert.ok(result.success);
      assert.equal(info.CampaignId, campaignId);
      assert.equal(info.StartDate, '2000-01-01 00:00:00');
      assert.equal(info.ExpiredDate, '2999-12-31 23:59:59');
      assert.deepEqual(info.AllCouponIds, [first.couponCode, second.couponCode]);
    });

    test('refusals of the business are answers', async () => {
      const { campaign, coupon } = clients({ useBinaryFormat });
      const campaignId = fresh();
      const create = { campaignId, startDate: '2000-01-01', expiredDate: '2000-01-02', maxCoupon: 1n };
      assert.ok((await campaign.createCampaign(create)).result.success);
      const said = async (call) => {
        const { result } = await call;
        assert.equal(result.success, false);
        return result.message;
      };
      assert.equal(await said(campaign.createCampaign(create)), 'campaign already exists');
      assert.equal(await said(coupon.issueCoupon({ campaignId })), 'campaign not valid at this time');
      assert.equal(await said(coupon.issueCoupon({ campaignId: 'nowhere' })), 'campaign is not exists');
    });

    test('what cannot be is an error with a code', async () => {
      const { campaign } = clients({ useBinaryFormat });
      const campaignId = fresh();
      const lost = await refused(Code.NotFound, campaign.getCampaign({ campaignId }));
      assert.equal(lost.rawMessage, 'campaign is not exists');
      const bad = (change) =>
        refused(Code.InvalidArgument, campaign.createCampaign({ campaignId, ...days, maxCoupon: 1n, ...change }));
      assert.match((await bad({ startDate: '01/01/2000' })).rawMessage, /^startDate: /);
      assert.match((await bad({ expiredDate: '1999-12-31' })).rawMessage, /^expiredDate: /);
      assert.match((await bad({ maxCoupon: -1n })).rawMessage, /^maxCoupon: /);
      assert.match((await bad({ campaignId: 'no such id' })).rawMessage, /^campaignId: /);
    });

    test('requests and answers may be compressed', async () => {
      const seen = [];
      const { campaign, coupon } = clients({
        useBinaryFormat,
        seen,
        sendCompression: compressionGzip,
        compressMinBytes: 1,
        acceptCompression: [compressionGzip],
      });
      const campaignId = fresh();
      await campaign.createCampaign({ campaignId, ...days, maxCoupon: 100n });
      const issued = await Promise.all(Array.from({ length: 100 }, () => coupon.issueCoupon({ campaignId })));
      seen.length = 0;
      const { info } = await campaign.getCampaign({ campaignId });
      assert.equal(seen[0].get('content-encoding'), 'gzip');
      assert.deepEqual(new Set(info.AllCouponIds), new Set(issued.map((each) => each.couponCode)));
    });

    test('who claim at once get every coupon, each once', async () => {
      const { campaign, coupon } = clients({ useBinaryFormat });
      const campaignId = fresh();
      await campaign.createCampaign({ campaignId, ...days, maxCoupon: 60n });
      const answers = await Promise.all(Array.from({ length: 100 }, () => coupon.issueCoupon({ campaignId })));
      const codes = answers.filter((answer) => answer.result.success).map((answer) => answer.couponCode);
      const refusals = answers.filter((answer) => !answer.result.success).map((answer) => answer.result.message);
      assert.equal(codes.length, 60);
      assert.equal(new Set(codes).size, 60);
      assert.deepEqual(new Set(refusals), new Set(['no more available coupon']));
      assert.deepEqual(new Set((await campaign.getCampaign({ campaignId })).info.AllCouponIds), new Set(codes));
    });

    test('a call without time left is not made, one with time is', async () => {
      const { campaign, coupon } = clients({ useBinaryFormat });
      const campaignId = fresh();
      await campaign.createCampaign({ campaignId, ...days, maxCoupon: 10n });
      const issued = await coupon.issueCoupon({ campaignId }, { timeoutMs: 30_000 });
      assert.ok(issued.result.success);
      // By a header of our own, as with timeoutMs the client gives up by itself as well.
      const late = coupon.issueCoupon({ campaignId }, { headers: { 'Connect-Timeout-Ms': '0' } });
      await refused(Code.DeadlineExceeded, late);
      const { info } = await campaign.getCampaign({ campaignId });
      assert.deepEqual(info.AllCouponIds, [issued.couponCode]);
    });
  });
}

describe('access', () => {
  test('without a token, and with a user\'s, a call is refused', async () => {
    await refused(Code.Unauthenticated, clients({ bearer: '' }).campaign.getCampaign({ campaignId: 'a' }));
    await refused(Code.Unauthenticated, clients({ bearer: 'forged' }).campaign.getCampaign({ campaignId: 'a' }));
    const user = clients({ bearer: server.token('user') });
    await refused(Code.PermissionDenied, user.coupon.issueCoupon({ campaignId: 'a' }));
  });

  test('an open RPC asks for none', async () => {
    const open = await Server.start('--open-rpc');
    try {
      const { campaign, coupon } = clients({ bearer: '', url: open.url });
      assert.ok((await campaign.createCampaign({ campaignId: 'open', ...days, maxCoupon: 1n })).result.success);
      assert.ok((await coupon.issueCoupon({ campaignId: 'open' })).result.success);
    } finally {
      assert.equal(await open.stop(), 0);
    }
  });
});

describe('beside a client', () => {
  const post = (path, headers, body = '{"campaignId":"a"}') =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}`, ...headers },
      body,
    });

  test('an encoding that the server does not know is named', async () => {
    const answer = await post('/v1.CouponService/IssueCoupon', { 'Content-Encoding': 'br' });
    assert.equal(answer.status, 501);
    assert.match((await answer.json()).message, /gzip, identity/);
  });

  test('a method that there is not is unimplemented to a client', async () => {
    const stranger = createClient(
      { ...CouponService, methods: [{ ...CouponService.methods[0], name: 'DropCoupon', localName: 'dropCoupon' }] },
      createConnectTransport({
        baseUrl: server.url,
        httpVersion: '1.1',
        interceptors: [
          (next) => (request) => {
            request.header.set('Authorization', `Bearer ${token}`);
            return next(request);
          },
        ],
      }),
    );
    await refused(Code.Unimplemented, stranger.dropCoupon({ campaignId: 'a' }));
  });
});
