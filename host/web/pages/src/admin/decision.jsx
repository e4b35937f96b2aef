// One decision: what the customer saw, each rule's word, the facts; and made again, with the rules of then.
import { useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { exactInstant } from '../lib/format.js';
import { Trouble } from '../lib/ui.jsx';
import { to } from './routes.js';
import { t } from './words.js';

export function Decision({ decision }) {
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
        <Explanation id={decision.id} />
        <p class="small soft">
          {t('decisionNumber', { id: decision.id })} · {t('revision')} <code title={decision.revision}>{(decision.revision || '—').slice(0, 12)}</code>
          {decision.coupon && <> · <a href={to('codes', decision.coupon)}>{decision.coupon}</a></>}
        </p>
      </div>
    </details>
  );
}

// The rules whose word made the verdict: the one that refused, or those that took effect.
function deciding(trace) {
  const refusing = trace.filter((entry) => entry.result === 'denied' || entry.result === 'failed');
  return new Set((refusing.length ? refusing : trace.filter((entry) => entry.result === 'effect')).map((entry) => entry.rule));
}

function Explanation({ id }) {
  const [state, setState] = useState({});
  const { made, busy, error } = state;
  const explain = () => {
    setState({ busy: true });
    api.get(`/decisions/${id}/explain`).then((answer) => setState({ made: answer }), (problem) => setState({ error: problem }));
  };
  if (!made) {
    return (
      <>
        <Trouble error={error} retry={explain} />
        <div class="row"><button type="button" class="button plain" disabled={busy} onClick={explain}>{t('explain')}</button><span class="small soft">{t('explainHint')}</span></div>
      </>
    );
  }
  const decided = deciding(made.then?.trace || []);
  return (
    <section class="explanation form" aria-live="polite">
      <p class={`note ${made.same ? 'good' : 'bad'}`}><strong>{t(made.same ? 'sameAgain' : 'notSame')}</strong> {made.why}</p>
      <h3>{t('rulesThen')} <span class="small soft">{made.policy} · {t(made.active ? 'revisionActive' : 'revisionPast')}</span></h3>
      {!made.rules.length && <p class="soft">{t('noRulesKnown')}</p>}
      <ol class="trace">
        {made.rules.map((rule) => (
          <li key={rule.name}>
            <span class="row">
              <strong class="code">{rule.name}</strong>
              {rule.plugin !== rule.name && <span class="small soft">{rule.plugin}</span>}
              {decided.has(rule.name) && <span class="badge">{t('decided')}</span>}
            </span>
            <Tree value={rule.params} />
          </li>
        ))}
      </ol>
      {!made.same && made.again && <><h3>{t('traceNow')}</h3><Trace trace={made.again.trace} /></>}
    </section>
  );
}

const traceTones = { denied: 'bad', failed: 'bad', effect: 'good', passed: '' };

// What each rule said, in the order in which they ran.
export function Trace({ trace }) {
  if (!trace.length) return <p class="soft">{t('noTrace')}</p>;
  return (
    <ol class="trace">
      {trace.map(({ rule, result, ...rest }, i) => (
        <li key={i}>
          <span class="row"><strong class="code">{rule}</strong><span class={`badge ${traceTones[result] || ''}`}>{t(`trace_${result}`)}</span></span>
          {Object.keys(rest).length > 0 && <Tree value={rest} />}
        </li>
      ))}
    </ol>
  );
}

// JSON for people: names and values, indented; what is empty is left out.
export function Tree({ value }) {
  if (value === null || value === undefined || typeof value !== 'object') return <span class="value">{value === null || value === undefined ? '—' : String(value)}</span>;
  if (Array.isArray(value) && value.every((part) => typeof part !== 'object')) return <span class="value">{value.join(', ') || '—'}</span>;
  const entries = Object.entries(value).filter(([, part]) => part !== null && !(typeof part === 'object' && !Object.keys(part).length));
  if (!entries.length) return <span class="soft">—</span>;
  return (
    <ul class="tree" translate={false}>
      {entries.map(([name, part]) => (
        <li key={name}><span class="name">{name}</span> <Tree value={part} /></li>
      ))}
    </ul>
  );
}
