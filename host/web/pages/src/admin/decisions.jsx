// Why was this refused? The decisions with what the policy was told, what it said, and each rule's word.
import { useState } from 'preact/hooks';
import { api, query } from '../lib/api.js';
import { useLoad } from '../lib/hooks.js';
import { Blank, Field, Loading, Trouble } from '../lib/ui.jsx';
import { Counted } from './counted.jsx';
import { Decision } from './decision.jsx';
import { Head, field } from './parts.jsx';
import { t } from './words.js';

const filters = ['user_id', 'campaign', 'coupon', 'code', 'hook', 'since', 'until'];
const hooks = ['issue', 'redeem', 'cancel', 'remind', 'stack'];
const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

// What the call takes of what was filled in: instants are in the browser's zone until then.
function wanted(search) {
  const values = Object.fromEntries(filters.map((name) => [name, search.get(name) || '']));
  for (const name of ['since', 'until']) {
    const date = new Date(values[name]);
    values[name] = values[name] && !Number.isNaN(date.getTime()) ? date.toISOString() : '';
  }
  return values;
}

export function Decisions({ search }) {
  const [values, setValues] = useState(() => Object.fromEntries(filters.map((name) => [name, search.get(name) || ''])));
  const [older, setOlder] = useState([]);
  const [only, setOnly] = useState(search.get('only') || '');
  const [failed, setFailed] = useState(null);
  const asked = wanted(search);
  const { data, error, loading, reload } = useLoad(async (signal) => {
    setOlder([]);
    return api.get(`/decisions${query({ ...asked, limit: 50 })}`, { signal });
  }, []);
  const last = older.at(-1) || data;
  const all = [...(data?.data || []), ...older.flatMap((page) => page.data)];
  const shown = only === 'refused' ? all.filter((decision) => !decision.allowed) : all;
  const more = () => api.get(`/decisions${query({ ...asked, limit: 50, cursor: last.next_cursor })}`).then(
    (page) => setOlder([...older, page]), setFailed);
  const wrong = (name) => error?.at?.(name);
  return (
    <>
      <Head title={t('decisions')}><button type="button" class="button plain" onClick={() => reload()}>{t('refresh')}</button></Head>
      <form class="card form" role="search" onSubmit={(event) => {
        event.preventDefault();
        location.hash = `#/decisions${query({ ...values, only })}`;
      }}>
        <p class="soft">{t('decisionsLead')}</p>
        <div class="pair">
          <Field label={t('user')} autocapitalize="none" wrong={wrong('user_id')} {...field(values, setValues, 'user_id')} />
          <Field label={t('campaign')} autocapitalize="none" {...field(values, setValues, 'campaign')} />
          <Field label={t('code')} {...field(values, setValues, 'coupon')} />
          <Field label={t('reason')} placeholder="already_issued" autocapitalize="none" wrong={wrong('code')} {...field(values, setValues, 'code')} />
          <Field as="select" label={t('hook')} {...field(values, setValues, 'hook')}>
            <option value="">{t('anyHook')}</option>
            {hooks.map((hook) => <option key={hook} value={hook}>{t(`hook_${hook}`)}</option>)}
          </Field>
          <Field label={t('since')} type="datetime-local" hint={t('yourZone', { zone: ownZone })} wrong={wrong('since')} {...field(values, setValues, 'since')} />
          <Field label={t('until')} type="datetime-local" hint={t('yourZone', { zone: ownZone })} wrong={wrong('until')} {...field(values, setValues, 'until')} />
        </div>
        <div class="row apart">
          <label class="check"><input type="checkbox" checked={only === 'refused'} onChange={(event) => setOnly(event.target.checked ? 'refused' : '')} />{t('onlyRefused')}</label>
          <button class="button">{t('search')}</button>
        </div>
      </form>
      <Trouble error={error || failed} retry={reload} />
      {loading && !data && <div class="card"><Loading lines={6} /></div>}
      {data && <Counted asked={asked} />}
      {data && !shown.length && <div class="card"><Blank title={t(last.has_more ? 'noneSoFar' : 'noDecisions')} /></div>}
      <ol class="decisions">{shown.map((decision) => <li key={decision.id}><Decision decision={decision} /></li>)}</ol>
      {last?.has_more && <div class="row end"><button type="button" class="button plain" onClick={more}>{t('older')}</button></div>}
    </>
  );
}
