// The codes of a campaign: by state, page by page, and as a file.
import { useState } from 'preact/hooks';
import { api, query } from '../lib/api.js';
import { exactInstant } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { Blank, Field, Loading, Trouble } from '../lib/ui.jsx';
import { State, Table } from './parts.jsx';
import { to } from './routes.js';
import { t } from './words.js';

const states = ['issued', 'redeemed', 'expired', 'available'];

export function CampaignCodes({ campaign, more }) {
  const [state, setState] = useState('issued');
  const [trail, setTrail] = useState(['']);  // the cursors of the pages up to this one
  const path = `/campaigns/${encodeURIComponent(campaign.id)}`;
  const cursor = trail.at(-1);
  const { data, error, loading, reload } = useLoad(
    (signal) => api.get(`${path}/coupons${query({ state, cursor, limit: 50 })}`, { signal }), [state, cursor]);
  return (
    <section class="form">
      <div class="row apart">
        <div class="state-filter">
          <Field label={t('state')} as="select" value={state} onInput={(event) => {
            setState(event.target.value);
            setTrail(['']);
          }}>{states.map((name) => <option key={name} value={name}>{t(`state_${name}`)}</option>)}</Field>
        </div>
        <div class="row">
          <button type="button" class="button plain" onClick={more}>{t('generate')}</button>
          <a class="button plain" href={`/api/v1${path}/coupons.csv`} download={`${campaign.id}.csv`}>{t('export')}</a>
        </div>
      </div>
      <Trouble error={error} retry={reload} />
      {loading && !data && <div class="card"><Loading lines={6} /></div>}
      {data && (
        <Table caption={t('codes')}
          columns={[{ label: t('code') }, { label: t('state') }, { label: t('user') }, { label: t('subject') }, { label: t('issuedAt') }, { label: t('expiresAt') }]}
          rows={data.data.map((coupon) => ({ key: coupon.code, cells: [
            <a class="code" href={to('codes', coupon.code)}>{coupon.code}</a>, <State name={coupon.expired && coupon.state === 'issued' ? 'expired' : coupon.state} />,
            coupon.user_id ? <a href={to('users', coupon.user_id)}>{coupon.user_id}</a> : '—', coupon.subject ?? '—',
            exactInstant(coupon.issued_at), exactInstant(coupon.expires_at),
          ] }))}
          empty={<div class="card"><Blank title={t('noCodes')}>{t('noCodesLead')}</Blank></div>} />
      )}
      {data && (trail.length > 1 || data.has_more) && (
        <div class="row end">
          {trail.length > 1 && <button type="button" class="button plain" onClick={() => setTrail(trail.slice(0, -1))}>{t('previousPage')}</button>}
          {data.has_more && <button type="button" class="button plain" onClick={() => setTrail([...trail, data.next_cursor])}>{t('nextPage')}</button>}
        </div>
      )}
    </section>
  );
}
