// Shadows: what rules that are not enforced, or the edits beside what is in force, say to the claims that come
// in. Asked about now and again while the card is open.
import { useRef, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { exactInstant, number } from '../lib/format.js';
import { usePoll } from '../lib/hooks.js';
import { Loading, Trouble } from '../lib/ui.jsx';
import { Said, useSaid } from './parts.jsx';
import { Report } from './report.jsx';
import { t } from './words.js';

// `files`: returns what is not saved yet, [{name, text}]. `refuse`: shows the errors of a set that does
// not compile.
export function Shadow({ files, refuse }) {
  const [open, setOpen] = useState(false);
  const [both, setBoth] = useState(null);  // {rules, candidate}; each may be null
  const [ended, setEnded] = useState(null);  // what the candidate had seen when it was ended here
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const [said, say] = useSaid();
  const turn = useRef(0);  // an answer from before the last button is older than what is shown
  usePoll(async (signal) => {
    if (!open) return;
    const asked = turn.current;
    try {
      const found = await api.get('/policies/shadow', { signal });
      if (asked === turn.current) setBoth(found);
    } catch (error) {
      if (error.name !== 'AbortError') setProblem(error);
    }
  }, 2000, [open]);
  const attempt = async (work) => {
    setBusy(true);
    setProblem(null);
    refuse(null);
    turn.current += 1;
    try {
      await work();
    } catch (error) {
      if (error.code === 'invalid_policy' && error.errors.length) refuse(error.errors);
      else setProblem(error);
    }
    turn.current += 1;
    setBusy(false);
  };
  const cast = () => attempt(async () => {
    setBoth(await api.post('/policies/shadow', { files: files() }));
    setEnded(null);
    say(t('shadowCast'));
  });
  const end = () => attempt(async () => {
    const last = await api.delete('/policies/shadow');
    setBoth({ rules: last.rules, candidate: null });
    setEnded(last.candidate);
    say(t('shadowEnded'));
  });
  const candidate = both?.candidate;
  return (
    <details class="card replay" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary><h2>{t('shadowTitle')}</h2></summary>
      <div class="form">
        <p class="soft small">{t('shadowHint')}</p>
        <Trouble error={problem} />
        {!both && !problem && <Loading lines={3} />}
        {both && (
          <>
            <section class="form" aria-label={t('shadowCandidate')}>
              <div class="row apart">
                <h3>{t('shadowCandidate')}</h3>
                <span class={`badge ${candidate ? 'warn' : ''}`}>{candidate ? t('shadowRuns') : t('shadowNone')}</span>
              </div>
              <div class="row">
                <button type="button" class="button" disabled={busy} onClick={cast}>{candidate ? t('shadowCastAgain') : t('shadowCastButton')}</button>
                {candidate && <button type="button" class="button plain" disabled={busy} onClick={end}>{t('shadowEndButton')}</button>}
              </div>
              <Said text={said} />
              {(candidate || ended) && <Seen state={candidate || ended} over={!candidate} />}
            </section>
            <section class="form" aria-label={t('shadowRules')}>
              <div class="row apart">
                <h3>{t('shadowRules')}</h3>
                <span class={`badge ${both.rules ? 'warn' : ''}`}>{both.rules ? t('shadowRuns') : t('shadowNone')}</span>
              </div>
              {both.rules ? <Seen state={both.rules} /> : <p class="soft small">{t('shadowNoRules')}</p>}
            </section>
          </>
        )}
      </div>
    </details>
  );
}

// What a shadow has seen; `over`: it has ended, these were its last numbers.
function Seen({ state, over }) {
  return (
    <div class="form">
      <p class="small">
        {over && <><strong>{t('shadowLast')}</strong> </>}
        <code title={state.revision}>{state.revision.slice(0, 12)}</code> · {t('shadowSince', { at: exactInstant(state.since) })}
        {state.by && <> · {t('shadowBy', { by: state.by })}</>}
        <br />
        <span class="number">{t('shadowSeen', { count: number(state.report.decisions) })}</span>
        {state.missed > 0 && <> · <span class="badge warn">{t('shadowMissed', { count: number(state.missed) })}</span></>}
      </p>
      {state.forgotten > 0 && <p class="soft small">{t('shadowForgotten', { count: number(state.forgotten) })}</p>}
      <Report report={state.report} />
    </div>
  );
}
