// A file of codes going up, row by row into the campaign, with what the server says of it meanwhile.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem, api } from '../lib/api.js';
import { bytes, number } from '../lib/format.js';
import { useLoad, usePoll } from '../lib/hooks.js';
import { Blank, Field, Trouble } from '../lib/ui.jsx';
import { State, Table } from './parts.jsx';
import { t } from './words.js';

// fetch() cannot tell how much of a body has gone up.
function upload(path, file, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.setRequestHeader('Content-Type', 'text/csv');
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onerror = () => reject(new Problem(0, { code: 'unreachable' }));
    request.onload = () => {
      let body = {};
      try {
        body = JSON.parse(request.responseText);
      } catch {
        // No problem of the API; the status tells.
      }
      if (request.status < 300) resolve(body);
      else reject(new Problem(request.status, body));
    };
    request.send(file);
  });
}

export function Imports({ campaign }) {
  const [file, setFile] = useState(null);
  const [job, setJob] = useState(null);  // {id, sent, size, sending}
  const [progress, setProgress] = useState(null);
  const [problem, setProblem] = useState(null);
  const input = useRef(null);
  const jobs = useLoad((signal) => api.get('/imports', { signal }), []);
  const running = job && (job.sending || progress?.state === 'running');
  const finished = progress && progress.state !== 'running';

  usePoll(async (signal) => {
    if (!job || finished) return;
    try {
      setProgress(await api.get(`/imports/${job.id}`, { signal }));
    } catch (error) {
      // It is not there before the first bytes have come.
      if (error.name !== 'AbortError' && error.status !== 404) setProblem(error);
    }
  }, 500, [job?.id, finished]);
  useEffect(() => {
    if (finished) jobs.reload();
  }, [finished]);

  const send = async (event) => {
    event.preventDefault();
    if (!file) {
      input.current?.focus();
      return;
    }
    const id = `${Date.now().toString(36)}-${campaign.id}`.slice(0, 64);
    setProblem(null);
    setProgress(null);
    setJob({ id, sent: 0, size: file.size, sending: true, name: file.name });
    try {
      await upload(`/api/v1/campaigns/${encodeURIComponent(campaign.id)}/imports?id=${id}`, file, (sent) => setJob((now) => ({ ...now, sent })));
      setJob((now) => ({ ...now, sent: now.size, sending: false }));
    } catch (error) {
      setProblem(error);
      setJob(null);
    }
  };
  const list = jobs.data?.data || [];
  return (
    <section class="form">
      <form class="card form" onSubmit={send}>
        <div><h2>{t('importTitle')}</h2><p class="soft small">{t('importHint')}</p></div>
        <Field label={t('file')} type="file" accept=".csv,text/csv" ref={input} onChange={(event) => setFile(event.target.files[0] || null)}
          wrong={problem?.at?.('body')} />
        <div class="row"><button class="button" disabled={running || !file}>{t('importButton')}</button></div>
        <Trouble error={problem} />
        {job && <Progress job={job} progress={progress} />}
      </form>
      {jobs.data && (
        <Table caption={t('imports')}
          columns={[{ label: t('job') }, { label: t('state') }, { label: t('rows'), class: 'right' }, { label: t('imported'), class: 'right' }, { label: t('rejected'), class: 'right' }]}
          rows={list.map((one) => ({ key: one.id, cells: [<code>{one.id}</code>, <State name={one.state} />, number(one.rows), number(one.imported), number(one.rejected)] }))}
          empty={<div class="card"><Blank title={t('noJobs')} /></div>} />
      )}
    </section>
  );
}

function Progress({ job, progress }) {
  const done = progress && progress.state !== 'running';
  const share = done ? 1 : job.size ? job.sent / job.size : 0;
  return (
    <div class="form" aria-live="polite">
      <div class="row apart small">
        <span>{job.name} · {bytes(job.size)}</span>
        {progress && <State name={progress.state} />}
      </div>
      <progress class="progress" aria-label={t('importTitle')} max="1" value={share}>{Math.round(share * 100)} %</progress>
      {progress && <p class="number">{t('importCounts', { rows: number(progress.rows), imported: number(progress.imported), rejected: number(progress.rejected) })}</p>}
      {progress?.errors?.length > 0 && (
        <details open>
          <summary>{t('badRows', { count: number(progress.rejected) })}</summary>
          <ol class="bad-rows">{progress.errors.map((error) => <li key={`${error.line}${error.message}`}><code>{error.line}</code> {error.message}</li>)}</ol>
        </details>
      )}
    </div>
  );
}
