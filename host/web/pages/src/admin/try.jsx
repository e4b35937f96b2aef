// What would the rules say? A campaign's rules about a claim or a coupon's use, as things are or as one
// supposes them: at another instant, for a user with other counts. Nothing is written.
import { useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { exactInstant } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { Field, Trouble, useFocusWrong } from '../lib/ui.jsx';
import { Trace, Tree } from './decision.jsx';
import { forServer, object, ownZone, whole } from './inputs.js';
import { Head, field } from './parts.jsx';
import { to } from './routes.js';
import { t } from './words.js';

// Members that were filled in; undefined when none was.
function filled(members) {
  const given = Object.entries(members).filter(([, value]) => value !== undefined && value !== '');
  return given.length ? Object.fromEntries(given) : undefined;
}

function bodyOf(values, hook) {
  const text = (name) => (values[name] || '').trim();
  const number = (name) => (text(name) ? whole(text(name)) : undefined);
  const json = (name) => (text(name) ? object(text(name), name) : undefined);
  const facts = filled({
    user: filled({ issued: number('issued'), redeemed: number('redeemed'), attributes: json('attributes') }),
    campaign: filled({ issued: number('campaign_issued'), redeemed: number('campaign_redeemed') }),
    counter: json('counters'),
  });
  const who = hook === 'issue' ? { user_id: text('user_id'), subject: text('subject') }
    : { order: { amount: whole(text('amount')), currency: text('currency') } };
  return filled({ ...who, now: forServer(text('now')) || undefined, facts }) || {};
}

// The field of the form that a field of the API is.
const places = {
  user_id: 'user_id', subject: 'subject', now: 'now', 'order.amount': 'amount', 'order.currency': 'currency',
  'facts.user.issued': 'issued', 'facts.user.redeemed': 'redeemed',
  'facts.campaign.issued': 'campaign_issued', 'facts.campaign.redeemed': 'campaign_redeemed',
};
const placeOf = (path) => places[path] || (path.startsWith('facts.user.attributes') ? 'attributes' : path.startsWith('facts.counter') ? 'counters' : '');

export function Try() {
  const campaigns = useLoad((signal) => api.get('/campaigns?limit=1000', { signal }), []);
  const [values, setValues] = useState({ currency: 'KRW' });
  const [hook, setHook] = useState('issue');
  const [answer, setAnswer] = useState(null);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const form = useFocusWrong(problem);
  const list = campaigns.data?.data || [];
  const campaign = values.campaign || list[0]?.id || '';
  const ask = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    setAnswer(null);
    try {
      const path = hook === 'issue' ? `/campaigns/${encodeURIComponent(campaign)}/issue/validate`
        : `/coupons/${encodeURIComponent((values.code || '').trim())}/validate`;
      setAnswer(await api.post(path, bodyOf(values, hook)));
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  const wrong = (name) => {
    if (problem?.fields?.[name]) return problem.fields[name];
    if (name === 'code' && problem?.code === 'coupon_not_found') return problem.message;
    return (problem?.errors || []).filter((error) => placeOf(error.field) === name).map((error) => error.message).join('; ') || undefined;
  };
  const bind = (name) => ({ wrong: wrong(name), ...field(values, setValues, name) });
  const shown = problem?.fields || problem?.code === 'coupon_not_found' || problem?.errors?.some((error) => placeOf(error.field));
  return (
    <>
      <Head title={t('try')} back={{ href: to('policies'), text: t('policies') }} />
      <form class="card form" ref={form} onSubmit={ask} noValidate>
        <p class="soft">{t('tryLead')}</p>
        <Trouble error={campaigns.error || (problem && !shown ? problem : null)} />
        <div class="pair">
          <Field label={t('tryHook')} as="select" value={hook} onInput={(event) => setHook(event.target.value)}>
            <option value="issue">{t('hook_issue')}</option><option value="redeem">{t('hook_redeem')}</option>
          </Field>
          {hook === 'issue' ? (
            <Field label={t('campaign')} as="select" {...bind('campaign')} value={campaign}>
              {list.map((one) => <option key={one.id} value={one.id}>{one.id}</option>)}
            </Field>
          ) : <Field label={t('code')} hint={t('tryCodeHint')} autocapitalize="characters" autocomplete="off" spellcheck={false} {...bind('code')} />}
          <Field label={t('tryNow')} type="datetime-local" step="1" hint={t('tryNowHint', { zone: ownZone })} {...bind('now')} />
        </div>
        <div class="pair">
          {hook === 'issue' && <Field label={t('user')} hint={t('tryUserHint')} autocapitalize="none" spellcheck={false} {...bind('user_id')} />}
          {hook === 'issue' && <Field label={t('subject')} hint={t('optional')} {...bind('subject')} />}
          {hook === 'redeem' && <Field label={t('amount')} hint={t('tryAmountHint')} inputmode="numeric" {...bind('amount')} />}
          {hook === 'redeem' && <Field label={t('currency')} maxLength={3} autocapitalize="characters" {...bind('currency')} />}
        </div>
        <fieldset class="form">
          <legend class="legend">{t('suppose')}</legend>
          <p class="soft small">{t('supposeHint')}</p>
          <div class="pair">
            <Field label={t('supposeIssued')} inputmode="numeric" {...bind('issued')} />
            <Field label={t('supposeRedeemed')} inputmode="numeric" {...bind('redeemed')} />
          </div>
          <div class="pair">
            <Field label={t('supposeCampaignIssued')} inputmode="numeric" {...bind('campaign_issued')} />
            <Field label={t('supposeCampaignRedeemed')} inputmode="numeric" {...bind('campaign_redeemed')} />
          </div>
          <div class="pair">
            <Field label={t('attributes')} as="textarea" rows={2} spellcheck={false} placeholder={'{"tier": "gold"}'} {...bind('attributes')} />
            <Field label={t('supposeCounters')} as="textarea" rows={2} spellcheck={false} placeholder={'{"budget": 9990000}'} {...bind('counters')} />
          </div>
        </fieldset>
        <div class="row end"><button class="button" disabled={busy || (hook === 'issue' && !campaign)}>{t('ask')}</button></div>
      </form>
      <div aria-live="polite">{answer && <Answer answer={answer} hook={hook} />}</div>
    </>
  );
}

function Answer({ answer, hook }) {
  return (
    <section class="card form" aria-label={t('verdict')}>
      <div class="row">
        <span class={`badge ${answer.valid ? 'good' : 'bad'}`}>{answer.valid ? t('allowed') : answer.code}</span>
        <strong>{t(answer.valid ? `would_${hook}` : 'wouldRefuse')}</strong>
      </div>
      {answer.detail && <p class="note">{t('customerWouldSee')} “{answer.detail}”</p>}
      {(answer.discount || answer.expires_at) && (
        <dl class="pairs">
          {answer.discount && <div><dt>{t('discount')}</dt><dd>{answer.discount.amount} {answer.discount.currency}</dd></div>}
          {answer.expires_at && <div><dt>{t('expiresAt')}</dt><dd>{exactInstant(answer.expires_at)}</dd></div>}
        </dl>
      )}
      <h2>{t('trace')}</h2>
      <Trace trace={answer.trace || []} />
      {answer.facts && <><h2>{t('facts')}</h2><Tree value={answer.facts} /></>}
    </section>
  );
}
