// Why was this refused? The decisions with what the policy was told, what it said, and each rule's word.
import { useState } from 'preact/hooks';
import { api, query } from '../lib/api.js';
import { exactInstant } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { Blank, Field, Loading, Trouble } from '../lib/ui.jsx';
import { Head, field } from './parts.jsx';
import { to } from './routes.js';
import { t } from './words.js';

const filters = ['user_id', 'campaign', 'coupon'];

export function Decisions({ search }) {
  const [values, setValues] = useState(() => Object.fromEntries(filters.map((name) => [name, search.get(name) || ''])));
  const [older, setOlder] = useState([]);
  const [only, setOnly] = useState(search.get('only') || '');
  const [failed, setFailed] = useState(null);
  const wanted = Object.fromEntries(filters.map((name) => [name, search.get(name) || '']));
  const { data, error, loading, reload } = useLoad(async (signal) => {
    setOlder([]);
    return api.get(`/decisions${query({ ...wanted, limit: 50 })}`, { signal });
  }, []);
  const last = older.at(-1) || data;
  const all = [...(data?.data || []), ...older.flatMap((page) => page.data)];
  const shown = only === 'refused' ? all.filter((decision) => !decision.allowed) : all;
  const more = () => api.get(`/decisions${query({ ...wanted, limit: 50, cursor: last.next_cursor })}`).then(
    (page) => setOlder([...older, page]), setFailed);
  return (
    <>
      <Head title={t('decisions')}><button type="button" class="button plain" onClick={() => reload()}>{t('refresh')}</button></Head>
      <form class="card form" role="search" onSubmit={(event) => {
        event.preventDefault();
        location.hash = `#/decisions${query({ ...values, only })}`;
      }}>
        <p class="soft">{t('decisionsLead')}</p>
        <div class="pair">
          <Field label={t('user')} autocapitalize="none" {...field(values, setValues, 'user_id')} />
          <Field label={t('campaign')} autocapitalize="none" {...field(values, setValues, 'campaign')} />
          <Field label={t('code')} {...field(values, setValues, 'coupon')} />
        </div>
        <div class="row apart">
          <label class="check"><input type="checkbox" checked={only === 'refused'} onChange={(event) => setOnly(event.target.checked ? 'refused' : '')} />{t('onlyRefused')}</label>
          <button class="button">{t('search')}</button>
        </div>
      </form>
      <Trouble error={error || failed} retry={reload} />
      {loading && !data && <div class="card"><Loading lines={6} /></div>}
      {data && !shown.length && <div class="card"><Blank title={t('noDecisions')} /></div>}
      <ol class="decisions">{shown.map((decision) => <li key={decision.id}><Decision decision={decision} /></li>)}</ol>
      {last?.has_more && <div class="row end"><button type="button" class="button plain" onClick={more}>{t('older')}</button></div>}
    </>
  );
}

function Decision({ decision }) {
  const refused = !decision.allowed;
  return (
    <details class="card decision">
      <summary>
        <span class={`badge ${refused ? 'bad' : 'good'}`}>{refused ? decision.code : t('allowed')}</span>
        <span class="what"><strong>{t(`hook_${decision.hook}`)}</strong> {decision.user_id ?? t('nobody')} · {decision.campaign_id}</span>
        <time class="soft small" datetime={decision.at}>{exactInstant(decision.at)}</time>
      </summary>
      <div class="form inside">
        {decision.verdict?.sentence && <p class="note">{t('customerSaw')} “{decision.verdict.sentence}”</p>}
        {decision.unreadable && <p class="note bad">{decision.unreadable}</p>}
        <h3>{t('trace')}</h3>
        <Trace trace={decision.trace || []} />
        <div class="pair">
          <section><h3>{t('facts')}</h3><Tree value={decision.facts} /></section>
          <section><h3>{t('verdict')}</h3><Tree value={decision.verdict} /></section>
        </div>
        <p class="small soft">
          {t('decisionNumber', { id: decision.id })} · {t('revision')} <code title={decision.revision}>{(decision.revision || '—').slice(0, 12)}</code>
          {decision.coupon && <> · <a href={to('codes', decision.coupon)}>{decision.coupon}</a></>}
        </p>
      </div>
    </details>
  );
}

const traceTones = { denied: 'bad', failed: 'bad', effect: 'good', passed: '' };

// What each rule said, in the order in which they ran.
export function Trace({ trace }) {
  if (!trace.length) return <p class="soft">{t('noTrace')}</p>;
  return (
    <ol class="trace">
      {trace.map((entry, i) => {
        const kind = entry.result || entry.kind || '';
        const { rule, result: _, kind: __, ...rest } = entry;
        return (
          <li key={i}>
            <span class="row"><strong class="code">{rule}</strong><span class={`badge ${traceTones[kind] || ''}`}>{t(`trace_${kind}`)}</span></span>
            {Object.keys(rest).length > 0 && <Tree value={rest} />}
          </li>
        );
      })}
    </ol>
  );
}

// JSON for people: names and values, indented; what is empty is left out.
export function Tree({ value }) {
  if (value === null || value === undefined || typeof value !== 'object') return <span class="value">{value === null || value === undefined ? '—' : String(value)}</span>;
  const entries = Object.entries(value).filter(([, part]) => part !== null && !(typeof part === 'object' && !Object.keys(part).length));
  if (!entries.length) return <span class="soft">—</span>;
  return (
    <ul class="tree">
      {entries.map(([name, part]) => (
        <li key={name}><span class="name">{name}</span> <Tree value={part} /></li>
      ))}
    </ul>
  );
}
