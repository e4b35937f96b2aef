// One code, searched for: what it is, and what can be done with it.
import { useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { exactInstant } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { Field, Loading, Trouble } from '../lib/ui.jsx';
import { Head, Said, Sheet, State, field, useSaid } from './parts.jsx';
import { go, to } from './routes.js';
import { t } from './words.js';

export function Codes({ code }) {
  const [typed, setTyped] = useState(code || '');
  const search = (event) => {
    event.preventDefault();
    if (typed.trim()) go('codes', typed.trim());
  };
  return (
    <>
      <Head title={t('codes')} />
      <form class="card row search" role="search" onSubmit={search}>
        <Field label={t('searchCode')} hint={t('searchCodeHint')} value={typed} onInput={(event) => setTyped(event.target.value)}
          autocapitalize="characters" autocomplete="off" spellcheck={false} />
        <button class="button">{t('search')}</button>
      </form>
      {code && <Code code={code} />}
    </>
  );
}

function Code({ code }) {
  const path = `/coupons/${encodeURIComponent(code)}`;
  const { data: coupon, error, loading, reload, set } = useLoad((signal) => api.get(path, { signal }), [code]);
  const [sheet, setSheet] = useState(null);
  const [said, say] = useSaid();
  if (loading && !coupon) return <div class="card"><Loading lines={4} /></div>;
  if (!coupon) return <Trouble error={error} retry={error?.status === 404 ? undefined : reload} />;
  const done = (name) => (answer) => {
    set(answer);
    say(t(`did_${name}`));
  };
  const state = coupon.expired && coupon.state === 'issued' ? 'expired' : coupon.state;
  const facts = [
    [t('campaign'), <a href={to('campaigns', coupon.campaign_id)}>{coupon.campaign_id}</a>],
    [t('user'), coupon.user_id ? <a href={to('users', coupon.user_id)}>{coupon.user_id}</a> : '—'], [t('subject'), coupon.subject ?? '—'],
    [t('issuedAt'), exactInstant(coupon.issued_at)], [t('expiresAt'), exactInstant(coupon.expires_at)], [t('redeemedAt'), exactInstant(coupon.redeemed_at)],
    ...(coupon.hold ? [[t('heldUntil'), exactInstant(coupon.hold.expires_at)]] : []),
    ...(coupon.discount ? [[t('discount'), `${coupon.discount.amount} ${coupon.discount.currency}`]] : []),
  ];
  return (
    <section class="card form" aria-label={coupon.code}>
      <div class="row apart"><strong class="code big">{coupon.code}</strong><State name={state} /></div>
      <Said text={said} />
      <dl class="pairs">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <div class="row">
        {coupon.state === 'available' && <button type="button" class="button" onClick={() => setSheet('assign')}>{t('assign')}</button>}
        {coupon.state === 'issued' && <button type="button" class="button" onClick={() => setSheet('redeem')}>{t('redeem')}</button>}
        {coupon.state === 'redeemed' && <button type="button" class="button danger" onClick={() => setSheet('cancel')}>{t('cancelUse')}</button>}
        <a class="button plain" href={`#/decisions?coupon=${encodeURIComponent(coupon.code)}`}>{t('decisions')}</a>
      </div>
      {sheet === 'assign' && <Assign path={path} done={done('assign')} close={() => setSheet(null)} />}
      {sheet === 'redeem' && <Redeem path={path} done={done('redeem')} close={() => setSheet(null)} />}
      {sheet === 'cancel' && (
        <Sheet title={t('cancelUse')} button={t('cancelUse')} danger close={() => setSheet(null)}
          send={async () => done('cancel')(await api.post(`${path}/cancel`))}><p>{t('cancelText')}</p></Sheet>
      )}
    </section>
  );
}

function Assign({ path, done, close }) {
  const [values, setValues] = useState({});
  const send = async () => done(await api.post(`${path}/assign`, { user_id: values.user_id || '', ...(values.subject ? { subject: values.subject } : {}) }));
  return (
    <Sheet title={t('assign')} button={t('assign')} send={send} close={close}>
      {(problem) => (
        <>
          <Field label={t('user')} wrong={problem?.at?.('user_id')} {...field(values, setValues, 'user_id')} />
          <Field label={t('subject')} hint={t('optional')} wrong={problem?.at?.('subject')} {...field(values, setValues, 'subject')} />
        </>
      )}
    </Sheet>
  );
}

function Redeem({ path, done, close }) {
  const [values, setValues] = useState({ currency: 'KRW' });
  const send = async () => {
    const amount = (values.amount || '').trim();
    const order = amount ? { amount: /^\d+$/.test(amount) ? Number(amount) : amount, currency: values.currency, ...(values.order ? { id: values.order } : {}) } : undefined;
    done(await api.post(`${path}/redeem`, order ? { order } : {}));
  };
  return (
    <Sheet title={t('redeem')} button={t('redeem')} send={send} close={close}>
      {(problem) => (
        <>
          <div class="pair">
            <Field label={t('amount')} hint={t('amountHint')} inputmode="numeric" wrong={problem?.at?.('order.amount')} {...field(values, setValues, 'amount')} />
            <Field label={t('currency')} maxLength={3} wrong={problem?.at?.('order.currency')} {...field(values, setValues, 'currency')} />
          </div>
          <Field label={t('orderId')} hint={t('optional')} wrong={problem?.at?.('order.id')} {...field(values, setValues, 'order')} />
        </>
      )}
    </Sheet>
  );
}
