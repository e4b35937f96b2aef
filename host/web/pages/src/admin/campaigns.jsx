// All campaigns, with counters that are live.
import { useState } from 'preact/hooks';
import { api, query } from '../lib/api.js';
import { number } from '../lib/format.js';
import { usePoll } from '../lib/hooks.js';
import { Blank, Loading, Trouble } from '../lib/ui.jsx';
import { Head, State } from './parts.jsx';
import { to } from './routes.js';
import { t } from './words.js';

export function Campaigns() {
  const [list, setList] = useState(null);
  const [cursor, setCursor] = useState('');
  const [error, setError] = useState(null);
  usePoll(async (signal) => {
    try {
      setList(await api.get(`/campaigns${query({ limit: 50, cursor })}`, { signal }));
      setError(null);
    } catch (problem) {
      if (problem.name !== 'AbortError') setError(problem);
    }
  }, 2000, [cursor]);
  return (
    <>
      <Head title={t('campaigns')}><a class="button" href={to('campaigns', 'new')}>{t('newCampaign')}</a></Head>
      <Trouble error={error} />
      {!list && !error && <div class="card"><Loading lines={5} /></div>}
      {list?.data.length === 0 && <div class="card"><Blank title={t('noCampaigns')}>{t('noCampaignsLead')}</Blank></div>}
      {list && (
        <ul class="campaigns">
          {list.data.map((campaign) => (
            <li key={campaign.id}>
              <a class="card campaign" href={to('campaigns', campaign.id)}>
                <span class="row apart"><strong>{campaign.name}</strong><State name={campaign.status} /></span>
                <span class="soft small">#{campaign.number} · {campaign.id} · {campaign.policy}</span>
                <Meter campaign={campaign} />
                <span class="row apart small number counts">
                  <span>{t(campaign.total === null ? 'issuedOfAny' : 'issuedOf', { issued: number(campaign.issued), total: number(campaign.total) })}</span>
                  <span>{t('redeemedCount', { redeemed: number(campaign.redeemed) })}</span>
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
      {list && (cursor || list.has_more) && (
        <div class="row end">
          {cursor && <button type="button" class="button plain" onClick={() => setCursor('')}>{t('firstPage')}</button>}
          {list.has_more && <button type="button" class="button plain" onClick={() => setCursor(list.next_cursor)}>{t('nextPage')}</button>}
        </div>
      )}
    </>
  );
}

export function Meter({ campaign }) {
  const share = campaign.total ? Math.min(1, campaign.issued / campaign.total) : 0;
  return (
    <svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect class="all" width="100" height="4" />
      <rect class="part" width={share * 100} height="4" />
    </svg>
  );
}
