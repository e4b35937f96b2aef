// What the edits would have said to the claims that were made: a replay, asked for and waited for.
import { useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { number } from '../lib/format.js';
import { usePoll } from '../lib/hooks.js';
import { Field, Trouble } from '../lib/ui.jsx';
import { State } from './parts.jsx';
import { Report } from './report.jsx';
import { t } from './words.js';

const over = (job) => !['waiting', 'running'].includes(job.state);

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
