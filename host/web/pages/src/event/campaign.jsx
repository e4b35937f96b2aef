// One event: how it stands, the countdown, and the claim.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { countdown, instant, number } from '../lib/format.js';
import { useRemainingTime } from '../lib/hooks.js';
import { Loading, Trouble, sentence } from '../lib/ui.jsx';
import { standing, useLive } from './live.js';
import { Ticket } from './ticket.jsx';
import { Works } from './works.jsx';
import { refusalTitle, t } from './words.js';

const tones = { open: 'good', upcoming: 'warn', paused: 'warn', ended: '', soldOut: 'bad' };

function period({ starts_at: from, ends_at: to }) {
  if (from && to) return t('period', { from: instant(from), to: instant(to) });
  if (from) return t('periodFrom', { from: instant(from) });
  return to ? t('periodTo', { to: instant(to) }) : '';
}

// Renders again when the window opens or closes, and asks the server then what comes after it.
function useStanding(live) {
  const [, again] = useState(0);
  const now = standing(live.campaign, live.windows, performance.now());
  useEffect(() => {
    if (now.until === null) return undefined;
    const wait = Math.min(now.until - performance.now(), 2 ** 31 - 1);
    const timer = setTimeout(() => {
      again((turn) => turn + 1);
      live.askWindows().catch(() => {});
    }, Math.max(0, wait) + 5);
    return () => clearTimeout(timer);
  }, [now.until]);
  return now;
}

export function Campaign({ first, works }) {
  const live = useLive(first);
  const now = useStanding(live);
  const [busy, setBusy] = useState(null);  // the subject that is being claimed; '' without one
  const [refused, setRefused] = useState(null);
  const [latest, setLatest] = useState(null);
  const coupons = live.coupons.data || [];
  // When it is over there is nothing to choose any more, and what one got stays.
  const over = now.phase === 'ended';
  const choice = over ? works.filter((work) => coupons.some((coupon) => coupon.subject === `work:${work.id}`)) : works;

  const claim = async (subject) => {
    setBusy(subject);
    setRefused(null);
    try {
      const coupon = await api.post(`/campaigns/${encodeURIComponent(first.id)}/issue`, subject ? { subject } : {});
      live.coupons.set([coupon, ...coupons.filter((other) => other.code !== coupon.code)]);
      setLatest(coupon.code);
      api.get(`/campaigns/${encodeURIComponent(first.id)}`).then(live.setCampaign, () => {});
    } catch (problem) {
      setRefused({ problem, subject });
    }
    setBusy(null);
  };

  return (
    <>
      <section class="card hero" aria-labelledby="name">
        <div class="form">
          <div>{now.phase !== 'unknown' && <span class={`badge ${tones[now.phase]}`}>{t(now.phase)}</span>}</div>
          <h1 id="name">{live.campaign.name}</h1>
          {period(live.campaign) && <p class="soft">{period(live.campaign)}</p>}
          <Trouble error={live.trouble} />
          <Facts campaign={live.campaign} now={now} />
          {now.phase === 'unknown' && !live.trouble && <Loading lines={2} />}
          {['ended', 'paused', 'soldOut', 'upcoming'].includes(now.phase) && <p>{t(`${now.phase}Text`)}</p>}
          <Announcement now={now} />
          {works.length > 0 && coupons.filter((coupon) => !works.some((work) => coupon.subject === `work:${work.id}`))
            .map((coupon) => <Ticket key={coupon.code} coupon={coupon} fresh={coupon.code === latest} />)}
          {works.length === 0 && (
            <Single now={now} coupons={coupons} latest={latest} busy={busy !== null} refused={refused} claim={() => claim('')}
              loading={live.coupons.loading} />
          )}
        </div>
      </section>
      {choice.length > 0 && (
        <Works works={choice} over={over} now={now} coupons={coupons} latest={latest} busy={busy} refused={refused} claim={claim} />
      )}
      <NextWindows windows={live.windows} now={now} />
    </>
  );
}

function Facts({ campaign, now }) {
  const left = useRemainingTime(now.until);
  return (
    <dl class="facts">
      <div>
        <dt>{t('remaining')}</dt>
        <dd class="number" data-remaining={campaign.remaining ?? ''}>
          {campaign.remaining === null ? t('unlimited') : number(campaign.remaining)}
        </dd>
      </div>
      {now.until !== null && (
        <div>
          <dt>{now.phase === 'upcoming' ? t('opensIn') : t('closesIn')}</dt>
          <dd class="number"><span role="timer">{countdown(left)}</span></dd>
          <dd class="soft small">{now.phase === 'upcoming' ? t('opensAt', { time: instant(now.window.opens_at) })
            : t('until', { time: instant(now.window.closes_at) })}</dd>
        </div>
      )}
    </dl>
  );
}

// Says aloud what changes for everybody; not each coupon that goes.
function Announcement({ now }) {
  const before = useRef(null);
  const [text, setText] = useState('');
  useEffect(() => {
    if (before.current && before.current !== 'unknown' && before.current !== now.phase) {
      setText(now.phase === 'open' ? t('announceOpen') : now.phase === 'soldOut' ? t('announceSoldOut') : t(now.phase));
    }
    before.current = now.phase;
  }, [now.phase]);
  return <p class="unseen" role="status">{text}</p>;
}

function Single({ now, coupons, latest, busy, refused, claim, loading }) {
  const open = now.phase === 'open';
  const has = coupons.length > 0;
  return (
    <>
      {(open || now.phase === 'upcoming' || now.phase === 'soldOut') && !(has && !open) && (
        <div>
          <button type="button" class={`button big wide ${has ? 'plain' : ''}`} disabled={!open || loading} aria-disabled={busy || undefined}
            onClick={() => !busy && claim()}>{busy ? t('claiming') : has ? t('another') : t('claim')}</button>
        </div>
      )}
      <Refusal refused={refused} />
      {coupons.map((coupon) => <Ticket key={coupon.code} coupon={coupon} fresh={coupon.code === latest} />)}
    </>
  );
}

export function Refusal({ refused }) {
  return (
    <div role="alert">
      {refused && (
        <div class="note warn">
          <strong>{refusalTitle(refused.problem.code)}</strong>
          {sentence(refused.problem)}
        </div>
      )}
    </div>
  );
}

function NextWindows({ windows, now }) {
  const coming = (windows?.list || []).filter((window) => window.opens > performance.now() && window !== now.window);
  if (!coming.length || now.phase === 'ended' || now.phase === 'paused') return null;
  return (
    <section class="coming">
      <h2>{t('next')}</h2>
      <ol class="row">
        {coming.slice(0, 3).map((window) => <li class="chip number" key={window.opens_at}>{instant(window.opens_at)}</li>)}
      </ol>
    </section>
  );
}
