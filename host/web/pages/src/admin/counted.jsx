// Refusals that have no decision of their own: of a crowd that is refused for one reason most are only counted.
import { api, query } from '../lib/api.js';
import { exactInstant, number } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { Table } from './parts.jsx';
import { t } from './words.js';

const most = 1000;

export function Counted({ asked: { user_id: user, coupon, ...asked } }) {
  // They are of no user and no coupon, and none was allowed.
  const none = user || coupon || asked.code === 'allowed';
  const { data } = useLoad(async (signal) => (none ? null : api.get(`/decisions/refusals${query({ ...asked, limit: most })}`, { signal })), []);
  if (!data?.data.length) return null;
  const sum = data.data.reduce((total, row) => total + row.count, 0);
  const columns = ['minute', 'campaign', 'hook', 'reason'].map((name) => ({ label: t(name) }));
  return (
    <details class="card decision counted">
      <summary>
        <span class="badge bad">+ {number(sum)}{data.has_more ? ' …' : ''}</span>
        <span class="what">{t('countedOnly')}</span>
      </summary>
      <div class="inside form">
        <p class="soft">{t('countedLead')}</p>
        <Table caption={t('countedOnly')} columns={[...columns, { label: t('number'), class: 'number' }]} rows={data.data.slice(0, 50).map((row, i) => ({
          key: i,
          cells: [exactInstant(row.minute), row.campaign_id, t(`hook_${row.hook}`), <code>{row.code}</code>, number(row.count)],
        }))} />
      </div>
    </details>
  );
}
