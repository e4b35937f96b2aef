// One user: the coupons, and the attributes that rules go by.
import { useEffect, useState } from 'preact/hooks';
import { api, query } from '../lib/api.js';
import { exactInstant } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { Blank, Field, Loading, Trouble, useFocusWrong } from '../lib/ui.jsx';
import { Head, Said, State, Table, useSaid } from './parts.jsx';
import { go, to } from './routes.js';
import { t } from './words.js';

export function Users({ id }) {
  const [typed, setTyped] = useState(id || '');
  const search = (event) => {
    event.preventDefault();
    if (typed.trim()) go('users', typed.trim());
  };
  return (
    <>
      <Head title={t('users')} />
      <form class="card row search" role="search" onSubmit={search}>
        <Field label={t('searchUser')} hint={t('searchUserHint')} value={typed} autocapitalize="none" spellcheck={false} onInput={(event) => setTyped(event.target.value)} />
        <button class="button">{t('search')}</button>
      </form>
      {id && <User id={id} />}
    </>
  );
}

function User({ id }) {
  const { data, error, loading, reload } = useLoad((signal) => api.get(`/coupons${query({ user_id: id, limit: 200 })}`, { signal }), [id]);
  return (
    <>
      <section class="form">
        <div class="row apart"><h2>{t('couponsOf', { user: id })}</h2>
          <a class="button plain small" href={`#/decisions?user_id=${encodeURIComponent(id)}`}>{t('whyRefused')}</a></div>
        <Trouble error={error} retry={reload} />
        {loading && !data && <div class="card"><Loading /></div>}
        {data && (
          <Table caption={t('couponsOf', { user: id })}
            columns={[{ label: t('code') }, { label: t('campaign') }, { label: t('state') }, { label: t('subject') }, { label: t('issuedAt') }, { label: t('expiresAt') }]}
            rows={data.data.map((coupon) => ({ key: coupon.code, cells: [<a class="code" href={to('codes', coupon.code)}>{coupon.code}</a>,
              <a href={to('campaigns', coupon.campaign_id)}>{coupon.campaign_id}</a>, <State name={coupon.expired && coupon.state === 'issued' ? 'expired' : coupon.state} />,
              coupon.subject ?? '—', exactInstant(coupon.issued_at), exactInstant(coupon.expires_at)] }))}
            empty={<div class="card"><Blank title={t('noCoupons')} /></div>} />
        )}
      </section>
      <Attributes id={id} />
    </>
  );
}

// "gold" stays text, 21 and true are what they are.
const typed = (text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text === 'true' ? true : text === 'false' ? false : text);
// What nobody has touched keeps its type: "007" is no number because it is saved again.
const valueOf = ({ value, was }) => (was !== undefined && String(was) === value ? was : typed(value.trim()));

const blank = { name: '', value: '' };

function Attributes({ id }) {
  const [rows, setRows] = useState(null);
  const [problem, setProblem] = useState(null);
  const [said, say] = useSaid();
  const form = useFocusWrong(problem);
  const path = `/users/${encodeURIComponent(id)}/attributes`;
  useEffect(() => {
    api.get(path).then((known) => {
      const entries = Object.entries(known).map(([name, value]) => ({ name, value: String(value), was: value }));
      setRows(entries.length ? entries : [blank]);
    }, setProblem);
  }, [id]);
  const change = (i, part) => setRows(rows.map((row, at) => (at === i ? { ...row, ...part } : row)));
  const save = async (event) => {
    event.preventDefault();
    setProblem(null);
    try {
      const given = rows.filter((row) => row.name.trim());
      await api.put(path, Object.fromEntries(given.map((row) => [row.name.trim(), valueOf(row)])));
      say(t('saved'));
    } catch (failure) {
      setProblem(failure);
    }
  };
  return (
    <form class="card form" ref={form} onSubmit={save}>
      <div><h2>{t('attributes')}</h2><p class="soft small">{t('attributesHint')}</p></div>
      <Trouble error={problem} />
      <Said text={said} />
      {!rows && !problem && <Loading lines={2} />}
      {rows?.map((row, i) => (
        <div class="attribute" key={i}>
          <Field label={t('attributeName')} placeholder="tier" value={row.name} wrong={(row.name && problem?.at?.(row.name)) || undefined} onInput={(event) => change(i, { name: event.target.value })} />
          <Field label={t('value')} placeholder="gold" value={row.value} onInput={(event) => change(i, { value: event.target.value })} />
          <button type="button" class="button bare" aria-label={`${t('delete')} ${row.name}`} onClick={() => setRows(rows.filter((_, at) => at !== i))}>✕</button>
        </div>
      ))}
      <div class="row apart">
        <button type="button" class="button plain" disabled={!rows} onClick={() => setRows([...rows, blank])}>{t('addAttribute')}</button>
        <button class="button" disabled={!rows}>{t('saveAttributes')}</button>
      </div>
    </form>
  );
}
