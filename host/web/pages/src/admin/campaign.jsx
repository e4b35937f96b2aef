// One campaign: its counters as they change, its codes, imports, and its settings.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { exactInstant, instant, number } from '../lib/format.js';
import { usePoll } from '../lib/hooks.js';
import { Field, Loading, Trouble } from '../lib/ui.jsx';
import { CampaignForm } from './campaign_form.jsx';
import { CampaignCodes } from './campaign_codes.jsx';
import { Meter } from './campaigns.jsx';
import { Imports } from './imports.jsx';
import { Head, Said, Sheet, State, useSaid } from './parts.jsx';
import { Plot } from './plot.jsx';
import { addSample, fromDecisions } from './samples.js';
import { go, to } from './routes.js';
import { t } from './words.js';

const tabs = ['overview', 'codes', 'import', 'settings'];

export function Campaign({ id, tab = 'overview' }) {
  const [campaign, setCampaign] = useState(null);
  const [samples, setSamples] = useState(null);
  const [error, setError] = useState(null);
  const [sheet, setSheet] = useState(null);
  const [said, say] = useSaid();
  const path = `/campaigns/${encodeURIComponent(id)}`;

  const take = (now) => {
    setCampaign(now);
    setSamples((before) => before && addSample(before, now));
  };
  usePoll(async (signal) => {
    try {
      const now = await api.get(path, { signal });
      // The past comes from the log of decisions, once; from then on the counters are sampled.
      if (!samples) setSamples(await fromDecisions(now, signal));
      take(now);
      setError(null);
    } catch (problem) {
      if (problem.name !== 'AbortError') setError(problem);
    }
  }, 2000, [id]);
  // Where the tabs do not all fit, the one that is open is seen.
  const nav = useRef(null);
  useEffect(() => {
    nav.current?.querySelector('[aria-current]').scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [tab, !campaign]);

  if (!campaign) return <><Head title={id} back={{ href: to('campaigns'), text: t('campaigns') }} /><Trouble error={error} />{!error && <div class="card"><Loading lines={6} /></div>}</>;
  const setStatus = async (status) => take(await api.patch(path, { status }));
  return (
    <>
      <Head title={campaign.name} back={{ href: to('campaigns'), text: t('campaigns') }}>
        {campaign.status === 'active' && <button type="button" class="button plain" onClick={() => setSheet('pause')}>{t('pause')}</button>}
        {campaign.status !== 'active' && <button type="button" class="button plain" onClick={() => setStatus('active').then(() => say(t('isActive')), setError)}>{t('activate')}</button>}
        {campaign.status !== 'ended' && <button type="button" class="button danger" onClick={() => setSheet('end')}>{t('end')}</button>}
      </Head>
      <Trouble error={error} />
      <Said text={said} />
      <nav class="tabs" aria-label={campaign.name} ref={nav}>
        {tabs.map((name) => (
          <a key={name} href={name === 'overview' ? to('campaigns', id) : to('campaigns', id, name)} aria-current={name === tab ? 'page' : undefined}>{t(`tab_${name}`)}</a>
        ))}
      </nav>
      {tab === 'codes' && <CampaignCodes campaign={campaign} more={() => setSheet('generate')} />}
      {tab === 'import' && <Imports campaign={campaign} />}
      {tab === 'settings' && <CampaignForm key={campaign.id} campaign={campaign} saved={(now) => {
        take(now);
        say(t('saved'));
        go('campaigns', id);
      }} />}
      {!['codes', 'import', 'settings'].includes(tab) && <Overview campaign={campaign} samples={samples} more={() => setSheet('generate')} />}
      {sheet === 'generate' && <Generate path={path} close={() => setSheet(null)} done={(answer) => say(t('generated', { count: number(answer.count) }))} />}
      {(sheet === 'pause' || sheet === 'end') && (
        <Sheet title={t(`${sheet}Title`)} button={t(sheet)} danger={sheet === 'end'} close={() => setSheet(null)}
          send={() => setStatus(sheet === 'end' ? 'ended' : 'paused')}><p>{t(`${sheet}Text`)}</p></Sheet>
      )}
    </>
  );
}

function Overview({ campaign, samples, more }) {
  const facts = [
    [t('id'), <code>{campaign.id}</code>], [t('numberLabel'), campaign.number], [t('policy'), <a href={to('policies', 'scripts', `${campaign.policy}.lua`)}>{campaign.policy}</a>],
    [t('params'), <code>{JSON.stringify(campaign.params)}</code>],
    [t('startsAt'), instant(campaign.starts_at, campaign.timezone)], [t('endsAt'), instant(campaign.ends_at, campaign.timezone)],
    [t('timezone'), campaign.timezone], [t('pattern'), <code>{campaign.code.pattern} ({campaign.code.alphabet})</code>],
    [t('createdAt'), exactInstant(campaign.created_at)], [t('revision'), <code title={campaign.policy_revision}>{campaign.policy_revision.slice(0, 12)}</code>],
  ];
  return (
    <>
      <section class="card form" aria-label={t('counters')}>
        <div class="row apart"><State name={campaign.status} /><span class="row">
          <a class="button plain small" href={`#/decisions?campaign=${encodeURIComponent(campaign.id)}`}>{t('decisions')}</a>
          <button type="button" class="button plain small" onClick={more}>{t('generate')}</button></span></div>
        <dl class="counters">
          {['issued', 'redeemed', 'remaining', 'total'].map((name) => (
            <div key={name}><dt>{t(name)}</dt><dd class="number" data-counter={name}>{number(campaign[name])}</dd></div>
          ))}
        </dl>
        <Meter campaign={campaign} />
      </section>
      <section class="card form" aria-labelledby="plot">
        <h2 id="plot">{t('plot')}</h2>
        {samples ? <Plot samples={samples} /> : <Loading />}
        <p class="soft small">{t('plotHint')}</p>
      </section>
      <section class="card"><dl class="pairs">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl></section>
    </>
  );
}

function Generate({ path, close, done }) {
  const [count, setCount] = useState('1000');
  const send = async () => done(await api.post(`${path}/coupons`, { count: /^\d+$/.test(count.trim()) ? Number(count) : count }));
  return (
    <Sheet title={t('generate')} button={t('generateButton')} send={send} close={close}>
      {(problem) => <Field label={t('count')} hint={t('countHint')} inputmode="numeric" value={count} wrong={problem?.at?.('count')} onInput={(event) => setCount(event.target.value)} />}
    </Sheet>
  );
}
