// What the edits would have said to the claims that were made: a replay, asked for and waited for.
import { useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { exactInstant, number } from '../lib/format.js';
import { usePoll } from '../lib/hooks.js';
import { Field, Trouble } from '../lib/ui.jsx';
import { State } from './parts.jsx';
import { t } from './words.js';

const over = (job) => !['waiting', 'running'].includes(job.state);
const kinds = ['newly_refused', 'newly_allowed', 'other_discount', 'other_expiry', 'other_notice', 'other_reason'];

// `files`: returns what is not saved yet, [{name, text}]. `refuse`: shows the errors of a set that does
// not compile.
export function Replay({ files, refuse }) {
  const [days, setDays] = useState('7');
  const [campaign, setCampaign] = useState('');
  const [job, setJob] = useState(null);
  const [problem, setProblem] = useState(null);
  const running = job && !over(job);
  usePoll(async (signal) => {
    if (!running) return;
    try {
      setJob(await api.get(`/policies/replays/${job.id}`, { signal }));
    } catch (error) {
      if (error.name !== 'AbortError') setProblem(error);
    }
  }, 400, [job?.id, running]);
  const start = async (event) => {
    event.preventDefault();
    setProblem(null);
    setJob(null);
    refuse(null);
    const wish = { files: files(), samples: 3 };
    if (campaign.trim()) wish.campaign = campaign.trim();
    if (days) wish.since = new Date(Date.now() - days * 86400000).toISOString();
    try {
      setJob(await api.post('/policies/replay', wish));
    } catch (error) {
      if (error.code === 'invalid_policy' && error.errors.length) refuse(error.errors);
      else setProblem(error);
    }
  };
  const cancel = async () => {
    try {
      setJob(await api.delete(`/policies/replays/${job.id}`));
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <details class="card replay">
      <summary><h2>{t('replayTitle')}</h2></summary>
      <form class="form" onSubmit={start}>
        <p class="soft small">{t('replayHint')}</p>
        <div class="row fields">
          <Field label={t('replayDays')} as="select" value={days} onInput={(event) => setDays(event.target.value)}>
            {['1', '7', '30'].map((one) => <option key={one} value={one}>{t('lastDays', { days: one })}</option>)}
            <option value="">{t('allDecisions')}</option>
          </Field>
          <Field label={t('campaign')} hint={t('emptyIsAll')} value={campaign} autocapitalize="none" spellcheck={false}
            onInput={(event) => setCampaign(event.target.value)} wrong={problem?.code === 'campaign_not_found' ? problem.message : ''} />
        </div>
        <div class="row">
          <button class="button" disabled={running}>{t('replayButton')}</button>
          {running && <button type="button" class="button plain" onClick={cancel}>{t('cancelButton')}</button>}
        </div>
        <Trouble error={problem?.code === 'campaign_not_found' ? null : problem} />
        <div class="form" aria-live="polite">
          {job && <Progress job={job} />}
          {job?.report && <Report report={job.report} misfits={job.misfits} />}
        </div>
      </form>
    </details>
  );
}

function Progress({ job }) {
  const share = over(job) ? 1 : job.total ? job.done / job.total : 0;
  return (
    <>
      <div class="row apart small">
        <span class="number">{t('replayed', { done: number(job.report ? job.report.decisions : job.done) })}</span>
        <State name={job.state} />
      </div>
      {!over(job) && <progress class="progress" aria-label={t('replayTitle')} max="1" value={share}>{Math.round(share * 100)} %</progress>}
      {job.why && <div class="note bad">{job.why}</div>}
    </>
  );
}

const said = (verdict) => {
  if (verdict.code) return verdict.code;
  const parts = [t('allowed')];
  if (verdict.discount !== undefined) parts.push(`${t('discount')} ${number(verdict.discount)}`);
  if (verdict.expires_at) parts.push(`${t('expiresAt')} ${exactInstant(verdict.expires_at)}`);
  return parts.join(', ');
};

function Report({ report, misfits }) {
  return (
    <>
      {misfits.map((error) => <div class="note bad" key={error.message}>{error.message}</div>)}
      <p><strong>{report.flipped ? t('flipped', { count: number(report.flipped) }) : t('nothingFlips')}</strong></p>
      {report.discounts.map((sum) => (
        <p key={sum.currency} class="number">
          {t('replayCost', { currency: sum.currency, recorded: number(sum.recorded), candidate: number(sum.candidate), difference: `${sum.difference > 0 ? '+' : ''}${number(sum.difference)}` })}
        </p>
      ))}
      {kinds.filter((kind) => report.flips[kind]).map((kind) => (
        <section key={kind} class="form flips">
          <h3>{t(`flip_${kind}`)} <span class="badge">{number(report.flips[kind])}</span></h3>
          <ul>
            {report.groups.filter((group) => group.kind === kind).map((group) => (
              <li key={`${group.rule}${group.code}`}>
                <details>
                  <summary><span class="number">{number(group.count)}</span> × <code>{group.rule}</code>{group.code && <> <span class="soft">{group.code}</span></>}</summary>
                  <ul class="samples">
                    {group.samples.map((sample) => (
                      <li key={sample.decision_id}>
                        <span class="soft small">{exactInstant(sample.at)} · {sample.campaign_id} · {sample.hook}{sample.user_id && ` · ${sample.user_id}`} · {sample.coupon}</span><br />
                        {said(sample.recorded)} → <strong>{said(sample.candidate)}</strong>
                      </li>
                    ))}
                  </ul>
                </details>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {report.unable > 0 && (
        <details>
          <summary>{t('unable', { count: number(report.unable) })}</summary>
          <ul>{report.unable_because.map((each) => <li key={each.why}>{number(each.count)}: {each.why}</li>)}</ul>
        </details>
      )}
      {report.assumed_counters.length > 0 && <p class="soft small">{t('assumed', { counters: report.assumed_counters.slice(0, 5).join(', ') })}</p>}
    </>
  );
}
