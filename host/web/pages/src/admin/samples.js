// What the plot shows: {at (ms), issued, redeemed}, oldest first. The past is worked out backwards from
// the counters by the log of decisions, as far as its latest page goes; from then on the counters are
// sampled. (Imported coupons raise a counter without a decision: before an import the past is too high.)
import { api, call, query } from '../lib/api.js';

const most = 3600;
let ahead = 0;  // how far the coupons' clock is before this one (serve --clock)

export async function fromDecisions(campaign, signal) {
  ahead = Date.parse((await call('GET', '/healthz', undefined, { signal })).now) - Date.now();
  const { data } = await api.get(`/decisions${query({ campaign: campaign.id, limit: 400 })}`, { signal });
  let { issued, redeemed } = campaign;
  const samples = [];
  for (const decision of data) {  // the latest first
    if (!decision.allowed) continue;
    samples.push({ at: Date.parse(decision.at), issued, redeemed });
    if (decision.hook === 'issue') --issued;
    if (decision.hook === 'redeem') --redeemed;
    if (decision.hook === 'cancel') ++redeemed;
    samples.push({ at: Date.parse(decision.at) - 1, issued: Math.max(0, issued), redeemed: Math.max(0, redeemed) });
  }
  return samples.reverse();
}

export function addSample(samples, campaign) {
  const last = samples.at(-1);
  const at = Math.max(Date.now() + ahead, last ? last.at + 1 : 0);
  const next = { at, issued: campaign.issued, redeemed: campaign.redeemed };
  const before = samples.at(-2);
  const flat = (a, b) => a && b && a.issued === b.issued && a.redeemed === b.redeemed;
  // Of a level stretch both ends are enough.
  if (flat(last, next) && flat(before, last)) return [...samples.slice(0, -1), next];
  return [...samples, next].slice(-most);
}
