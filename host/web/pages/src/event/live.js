// What changes while the page is open: how many are left, which window is open, what the visitor holds.
import { useRef, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { useLoad, usePoll } from '../lib/hooks.js';

// Where an instant of the server lies on this page's own clock, which nobody adjusts.
const onPageClock = (text, serverNow, received) => (text ? Date.parse(text) - serverNow + received : null);

function read(answer, received) {
  const serverNow = Date.parse(answer.now);
  return {
    status: answer.status,
    timezone: answer.timezone,
    list: answer.data.map((window) => ({
      ...window,
      opens: onPageClock(window.opens_at, serverNow, received),
      closes: onPageClock(window.closes_at, serverNow, received),
    })),
  };
}

// Often while coupons go, less so while there is nothing to see.
const busy = 2000;
const calm = 5000;

export function useLive(first) {
  const [campaign, setCampaign] = useState(first);
  const [windows, setWindows] = useState(null);
  const [trouble, setTrouble] = useState(null);
  const asked = useRef(-Infinity);
  const path = `/campaigns/${encodeURIComponent(first.id)}`;

  const askWindows = async (signal) => {
    asked.current = performance.now();
    const sent = performance.now();
    const answer = await api.get(`${path}/windows?limit=4`, { signal });
    setWindows(read(answer, (sent + performance.now()) / 2));
  };
  usePoll(async (signal) => {
    try {
      setCampaign(await api.get(path, { signal }));
      if (performance.now() - asked.current > 20_000) await askWindows(signal);
      setTrouble(null);
    } catch (problem) {
      if (problem.name !== 'AbortError') setTrouble(problem);
    }
  }, () => (windows && standing(campaign, windows, performance.now()).phase !== 'open' ? calm : busy), [first.id]);

  const coupons = useLoad(
    async (signal) => (await api.get('/coupons?limit=1000', { signal })).data.filter((coupon) => coupon.campaign_id === first.id),
    [first.id]);
  return { campaign, windows, trouble, coupons, askWindows, setCampaign };
}

// How the event stands at a moment of the page's clock: {phase, until, window}.
export function standing(campaign, windows, now) {
  if (!windows) return { phase: 'unknown', until: null };
  if (windows.status === 'ended') return { phase: 'ended', until: null };
  if (windows.status === 'paused') return { phase: 'paused', until: null };
  const window = windows.list.find((one) => one.closes === null || one.closes > now);
  if (!window) return { phase: 'ended', until: null };
  if (campaign.remaining === 0) return { phase: 'soldOut', until: null };
  if (window.opens > now) return { phase: 'upcoming', until: window.opens, window };
  return { phase: 'open', until: window.closes, window };
}
