// The policies: what is in force, and the files, edited, checked, saved and put in force from here.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { exactInstant } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { Field, Loading, Trouble } from '../lib/ui.jsx';
import { Head, Said, Sheet, useSaid } from './parts.jsx';
import { Replay } from './replay.jsx';
import { go, to } from './routes.js';
import { Shadow } from './shadow.jsx';
import { t } from './words.js';

const path = (name) => `/policies/files/${name.split('/').map(encodeURIComponent).join('/')}`;
const template = (name) => `return policy {\n  name = "${name}",\n  doc = "",\n  rules = {\n    per_user_limit { max = 1 },\n  },\n}\n`;

// What was typed and not saved, by file: {text, sha256 of what it was made from}. It stays while one looks at
// other files, and a check takes all of it together.
const drafts = new Map();
const unsaved = () => [...drafts].map(([name, draft]) => ({ name, text: draft.text }));
addEventListener('beforeunload', (event) => drafts.size && event.preventDefault());

export function Policies({ file }) {
  const [, drafted] = useState(0);
  const active = useLoad((signal) => api.get('/policies', { signal }), []);
  const files = useLoad((signal) => api.get('/policies/files', { signal }), []);
  const [errors, setErrors] = useState(null);  // of the last check or reload
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const [sheet, setSheet] = useState(false);
  const [said, say] = useSaid();
  const refresh = () => Promise.all([active.reload(), files.reload()]);

  // Runs a check or a reload: an error of the policies is a list, any other is a problem.
  const attempt = async (work) => {
    setBusy(true);
    setProblem(null);
    setErrors(null);
    try {
      say(await work());
    } catch (error) {
      if (error.code === 'invalid_policy' && error.errors.length) setErrors(error.errors);
      else setProblem(error);
    }
    setBusy(false);
  };
  const reload = () => attempt(async () => {
    try {
      const { revision, previous } = await api.post('/policies/reload');
      return revision === previous ? t('reloadedSame') : t('reloaded', { revision: revision.slice(0, 12) });
    } finally {
      await refresh();
    }
  });
  const names = (files.data?.files || []).map((one) => one.name);
  const entry = files.data?.files.find((one) => one.name === file);
  const waiting = (files.data?.files || []).filter((one) => !one.in_force).length;
  const attempted = active.data?.last_attempt;
  return (
    <>
      <Head title={t('policies')}>
        <a class="button plain" href={to('policies', 'try')}>{t('try')}</a>
        <button type="button" class="button plain" onClick={() => setSheet(true)}>{t('newFile')}</button>
        <button type="button" class="button" disabled={busy} onClick={reload}>{t('reload')}</button>
      </Head>
      <Trouble error={problem || active.error || files.error} />
      {active.data && (
        <section class="card revision" aria-label={t('activeRevision')}>
          <div><span class="soft small">{t('activeRevision')}</span><br /><code title={active.data.revision}>{active.data.revision.slice(0, 16)}…</code></div>
          <div><span class="soft small">{t('loadedAt')}</span><br />{exactInstant(active.data.loaded_at)}</div>
          <div><span class="soft small">{t('onDisk')}</span><br />
            <span class={`badge ${waiting ? 'warn' : 'good'}`}>{waiting ? t('waiting', { count: waiting }) : t('inForce')}</span></div>
          {attempted && !attempted.ok && attempted.at && (
            <div><span class="soft small">{t('lastAttempt')}</span><br /><button type="button" class="badge bad link" onClick={() => setErrors(attempted.errors)}>{t('errorCount', { count: attempted.errors.length })}</button></div>
          )}
        </section>
      )}
      <Said text={said} />
      <div role="alert">{errors && <Errors errors={errors} names={names} file={file} />}</div>
      <Replay files={unsaved} refuse={setErrors} />
      <Shadow files={unsaved} refuse={setErrors} />
      <div class="workbench">
        <nav class="files" aria-label={t('files')}>
          {!files.data && !files.error && <Loading lines={8} />}
          {['scripts', 'plugins'].map((folder) => (
            <div key={folder}>
              <h2 class="small soft">{folder}/</h2>
              <ul>
                {(files.data?.files || []).filter((one) => one.name.startsWith(`${folder}/`)).map((one) => (
                  <li key={one.name}>
                    <a href={to('policies', ...one.name.split('/'))} aria-current={one.name === file ? 'page' : undefined}>
                      {one.name.slice(folder.length + 1)}
                      {drafts.has(one.name) && one.name !== file && <span class="mark">{t('unsaved')}</span>}
                      {errors?.some((error) => error.file === one.name) ? <span class="mark bad">{t('hasError')}</span>
                        : !one.in_force && <span class="mark">{t('notInForce')}</span>}
                    </a>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </nav>
        {file && (entry || files.data)
          ? <File key={file} name={file} entry={entry} errors={errors} attempt={attempt} busy={busy} saved={refresh} drafted={() => drafted(drafts.size)} />
          : <Overview active={active.data} />}
      </div>
      {sheet && <NewFile names={names} close={() => setSheet(false)} />}
    </>
  );
}

function Errors({ errors, names, file }) {
  return (
    <div class="note bad form">
      <strong>{t('errorCount', { count: errors.length })}</strong>
      <ul class="errors">
        {errors.map((error, i) => (
          <li key={i}>
            {names.includes(error.file) && error.file !== file
              ? <a class="code" href={to('policies', ...error.file.split('/'))}>{error.file}{error.line > 0 && `:${error.line}`}</a>
              : <span class="code">{error.file}{error.line > 0 && `:${error.line}`}</span>} {error.message}
          </li>
        ))}
      </ul>
    </div>
  );
}

function File({ name, entry, errors, attempt, busy, saved, drafted }) {
  const [file, setFile] = useState(null);  // as it is on disk: {text, sha256}; a new one has no sha256
  const [problem, setProblem] = useState(null);
  const [text, setText] = useState('');
  const [ready, setReady] = useState(false);
  const host = useRef(null);
  const editor = useRef(null);
  const dirty = file && text !== file.text;
  useEffect(() => {
    if (!file) return;
    if (dirty) drafts.set(name, { text, sha256: file.sha256 });
    else drafts.delete(name);
    drafted();
  }, [text, file]);

  const show = (found, shown) => {
    setFile(found);
    setText(shown);
    editor.current?.show(shown);
  };
  const load = async () => {
    setProblem(null);
    const draft = drafts.get(name);
    try {
      const found = await api.get(path(name));
      // A draft keeps what it was made from, so that saving it finds out whether that is still there.
      show({ ...found, sha256: draft ? draft.sha256 : found.sha256 }, draft ? draft.text : found.text);
    } catch (error) {
      if (error.status !== 404) return setProblem(error);
      show({ text: '', sha256: null }, draft ? draft.text : template(name.replace(/^.*\//, '').replace(/\.lua$/, '')));
    }
    return undefined;
  };
  const discard = () => {
    drafts.delete(name);
    load();
  };
  useEffect(() => {
    let gone = false;
    import('./editor.js').then(({ makeEditor }) => {
      if (gone) return;
      editor.current = makeEditor(host.current, { label: t('editorLabel', { name }), readOnly: entry ? !entry.editable : false, onChange: setText });
      load().then(() => !gone && setReady(true));
    }, () => setProblem(new Error('')));
    return () => {
      gone = true;
      editor.current?.destroy();
    };
  }, []);
  const own = (errors || []).filter((error) => error.file === name);
  useEffect(() => {
    if (!ready) return;
    editor.current.mark(own.filter((error) => error.line > 0));
    const first = own.find((error) => error.line > 0);
    if (first) editor.current.goTo(first.line);
  }, [errors, ready]);

  const check = () => attempt(async () => {
    const { tests } = await api.post('/policies/check', {
      files: [{ name, text }, ...[...drafts].filter(([other]) => other !== name).map(([other, draft]) => ({ name: other, text: draft.text }))],
    });
    return t('checked', { tests });
  });
  const save = () => attempt(async () => {
    const guard = file.sha256 ? { 'If-Match': `"${file.sha256}"` } : { 'If-None-Match': '*' };
    const written = await api.put(path(name), { text }, { headers: guard });
    drafts.delete(name);
    setFile({ ...written, text });
    await saved();
    return t('savedFile', { name });
  });
  return (
    <section class="file" aria-label={name}>
      <div class="row apart">
        <h2 class="code">{name}</h2>
        <div class="row">
          {dirty && <span class="badge warn">{t('unsaved')}</span>}
          {dirty && <button type="button" class="button plain small" disabled={busy} onClick={discard}>{t('discard')}</button>}
          <button type="button" class="button plain small" disabled={busy || !ready} onClick={check}>{t('check')}</button>
          <button type="button" class="button small" disabled={busy || !dirty || (entry && !entry.editable)} onClick={save}>{t('save')}</button>
        </div>
      </div>
      <Trouble error={problem} />
      {!ready && !problem && <Loading lines={8} />}
      <div class="editor" ref={host} hidden={!ready} />
      <p class="soft small">{t('editorHint')}</p>
    </section>
  );
}

function Overview({ active }) {
  if (!active) return <div class="card"><Loading lines={6} /></div>;
  return (
    <div class="form">
      <p class="soft">{t('policiesLead')}</p>
      {active.policies.map((policy) => (
        <section class="card form" key={policy.name}>
          <div class="row apart"><h2><a href={to('policies', ...policy.file.split('/'))}>{policy.name}</a></h2>{policy.quarantined && <span class="badge bad">{t('quarantined')}</span>}</div>
          <ol class="rules">
            {policy.rules.map((rule) => (
              <li key={rule.name}><strong class="code">{rule.name}</strong> {rule.shadow && <span class="badge warn">{t('inShadow')}</span>} <span class="code soft">{Object.keys(rule.params).length ? JSON.stringify(rule.params).replace(/"(\w+)":/g, '$1: ').replace(/,(?=\S)/g, ', ') : ''}</span></li>
            ))}
            {!policy.rules.length && <li class="soft">{t('noRules')}</li>}
          </ol>
        </section>
      ))}
    </div>
  );
}

function NewFile({ names, close }) {
  const [folder, setFolder] = useState('scripts');
  const [name, setName] = useState('');
  const send = async () => {
    const leaf = name.trim().replace(/\.lua$/, '');
    if (!/^[a-z0-9_]{1,64}$/.test(leaf)) throw Object.assign(new Error(t('badName')), { field: true });
    if (names.includes(`${folder}/${leaf}.lua`)) throw new Error(t('nameTaken'));
    go('policies', folder, `${leaf}.lua`);
  };
  return (
    <Sheet title={t('newFile')} button={t('create')} send={send} close={close}>
      <Field label={t('folder')} as="select" value={folder} onInput={(event) => setFolder(event.target.value)}>
        <option value="scripts">scripts/</option><option value="plugins">plugins/</option>
      </Field>
      <Field label={t('fileName')} hint="a-z 0-9 _ .lua" value={name} autocapitalize="none" spellcheck={false} onInput={(event) => setName(event.target.value)} />
    </Sheet>
  );
}
