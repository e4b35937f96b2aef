// Making and editing a campaign: the same fields, checked by the server, whose errors are shown at them.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { useLoad } from '../lib/hooks.js';
import { Field, Trouble, useFocusWrong } from '../lib/ui.jsx';
import { forInput, forServer, object, ownZone, whole } from './inputs.js';
import { Head, field } from './parts.jsx';
import { go, to } from './routes.js';
import { t } from './words.js';

const zones = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : [];

const pretty = (value) => (Object.keys(value || {}).length ? JSON.stringify(value, null, 2) : '');

function valuesOf(campaign) {
  return {
    id: campaign?.id ?? '', name: campaign?.name ?? '', policy: campaign?.policy ?? '', params: pretty(campaign?.params),
    total: campaign ? String(campaign.total ?? '') : '1000', unlimited: campaign ? campaign.total === null : false,
    starts_at: forInput(campaign?.starts_at), ends_at: forInput(campaign?.ends_at), timezone: campaign?.timezone ?? ownZone,
    pattern: campaign?.code.pattern ?? '', alphabet: campaign?.code.alphabet ?? 'base32', metadata: pretty(campaign?.metadata),
  };
}

function bodyOf(values, campaign) {
  const total = values.total.trim();
  const body = {
    name: values.name || undefined, policy: values.policy, params: object(values.params, 'params'),
    total: values.unlimited ? null : whole(total),
    starts_at: forServer(values.starts_at), ends_at: forServer(values.ends_at), metadata: object(values.metadata, 'metadata'),
  };
  if (!campaign) {
    body.id = values.id;
    body.timezone = values.timezone || undefined;
    if (values.pattern || values.alphabet !== 'base32') {
      body.code = { pattern: values.pattern || '####-####-####-####', alphabet: values.alphabet };
    }
    if (!body.starts_at) delete body.starts_at;
    if (!body.ends_at) delete body.ends_at;
    return body;
  }
  const before = valuesOf(campaign);
  const same = (name) => values[name] === before[name];
  for (const name of ['name', 'policy', 'params', 'starts_at', 'ends_at', 'metadata']) if (same(name)) delete body[name];
  if (same('total') && same('unlimited')) delete body.total;
  return body;
}

export function CampaignForm({ campaign, saved }) {
  const [values, setValues] = useState(() => valuesOf(campaign));
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const policies = useLoad((signal) => api.get('/policies', { signal }), []);
  const form = useFocusWrong(problem);
  const list = policies.data?.policies || [];
  useEffect(() => {
    if (!values.policy && list.length) setValues((now) => ({ ...now, policy: list[0].name }));
  }, [list.length]);
  const chosen = list.find((policy) => policy.name === values.policy);

  const save = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const body = bodyOf(values, campaign);
      saved(campaign ? await api.patch(`/campaigns/${campaign.id}`, body) : await api.post('/campaigns', body));
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  // "params.discount.percent" belongs to the field of the parameters, and keeps its name there.
  const wrong = (name, prefix = name) => {
    if (problem?.fields?.[name]) return problem.fields[name];
    if (name === 'id' && problem?.code === 'campaign_exists') return problem.message;
    if (name === 'total' && problem?.code === 'total_below_issued') return problem.message;
    const found = (problem?.errors || []).filter((error) => error.field === prefix || error.field.startsWith(`${prefix}.`));
    return found.map((error) => (error.field === prefix ? error.message : `${error.field} ${error.message}`)).join('; ') || undefined;
  };
  const shown = ['id', 'name', 'policy', 'total', 'starts_at', 'ends_at', 'timezone', 'params', 'metadata'].some((name) => wrong(name)) || wrong('pattern', 'code');
  const bind = (name) => field(values, setValues, name);
  return (
    <form class="card form" ref={form} onSubmit={save} noValidate>
      <Trouble error={problem?.code && !shown ? problem : null} />
      <div class="pair">
        {!campaign && <Field label={t('id')} hint={t('idHint')} wrong={wrong('id')} autocapitalize="none" spellcheck={false} {...bind('id')} />}
        <Field label={t('name')} wrong={wrong('name')} {...bind('name')} />
      </div>
      <div class="pair">
        <Field label={t('policy')} as="select" wrong={wrong('policy')} hint={chosen && chosen.rules.map((rule) => rule.name).join(' · ')} {...bind('policy')}>
          {!chosen && <option value={values.policy}>{values.policy || '…'}</option>}
          {list.map((policy) => <option key={policy.name} value={policy.name}>{policy.name}</option>)}
        </Field>
        <div>
          <Field label={t('total')} inputmode="numeric" wrong={wrong('total')} {...bind('total')} disabled={values.unlimited} />
          <label class="check"><input type="checkbox" checked={values.unlimited} onChange={bind('unlimited').onInput} />{t('noLimit')}</label>
        </div>
      </div>
      <div class="pair">
        <Field label={t('startsAt')} type="datetime-local" hint={t('yourZone', { zone: ownZone })} wrong={wrong('starts_at')} {...bind('starts_at')} />
        <Field label={t('endsAt')} type="datetime-local" hint={t('yourZone', { zone: ownZone })} wrong={wrong('ends_at')} {...bind('ends_at')} />
      </div>
      {!campaign && (
        <div class="pair">
          <Field label={t('pattern')} placeholder="####-####-####-####" hint={t('patternHint')} wrong={wrong('pattern', 'code')} {...bind('pattern')} />
          <Field label={t('alphabet')} as="select" {...bind('alphabet')}>
            <option value="base32">base32</option><option value="alnum">alnum</option><option value="digits">digits</option>
          </Field>
          <Field label={t('timezone')} hint={t('timezoneHint')} list="zones" wrong={wrong('timezone')} {...bind('timezone')} />
          <datalist id="zones">{zones.map((zone) => <option key={zone} value={zone} />)}</datalist>
        </div>
      )}
      <Field label={t('params')} as="textarea" spellcheck={false} wrong={wrong('params')} {...bind('params')}
        hint={chosen ? t('paramsHint', { example: JSON.stringify(Object.fromEntries(chosen.rules.slice(-1).map((rule) => [rule.name, rule.params]))) }) : ''} />
      <Field label={t('metadata')} as="textarea" spellcheck={false} rows={2} wrong={wrong('metadata')} hint={t('metadataHint')} {...bind('metadata')} />
      <div class="row end">
        <a class="button plain" href={campaign ? to('campaigns', campaign.id) : to('campaigns')}>{t('cancelButton')}</a>
        <button class="button" disabled={busy}>{campaign ? t('save') : t('create')}</button>
      </div>
    </form>
  );
}

export function NewCampaign() {
  return (
    <>
      <Head title={t('newCampaign')} back={{ href: to('campaigns'), text: t('campaigns') }} />
      <CampaignForm saved={(campaign) => go('campaigns', campaign.id)} />
    </>
  );
}
