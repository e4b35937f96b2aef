// The operator's console: who may in, and what is shown where.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, visitor } from '../lib/api.js';
import { useLoad } from '../lib/hooks.js';
import { useLanguage } from '../lib/language.js';
import { Field, Foot, Loading, Top, Trouble } from '../lib/ui.jsx';
import './admin.css';
import { Campaign } from './campaign.jsx';
import { Campaigns } from './campaigns.jsx';
import { NewCampaign } from './campaign_form.jsx';
import { Codes } from './codes.jsx';
import { Decisions } from './decisions.jsx';
import { Policies } from './policies.jsx';
import { to, useRoute } from './routes.js';
import { Try } from './try.jsx';
import { Users } from './users.jsx';
import { t } from './words.js';
import { Works } from './works.jsx';

const rooms = {
  campaigns: ({ rest }) => (rest[0] === 'new' ? <NewCampaign /> : rest[0] ? <Campaign key={rest[0]} id={rest[0]} tab={rest[1]} /> : <Campaigns />),
  codes: ({ rest }) => <Codes key={rest[0]} code={rest[0]} />,
  works: Works,
  users: ({ rest }) => <Users key={rest[0]} id={rest[0]} />,
  decisions: ({ search }) => <Decisions key={search.toString()} search={search} />,
  policies: ({ rest }) => (rest[0] === 'try' ? <Try /> : <Policies file={rest.join('/')} />),
};

export function Console() {
  const now = useLanguage();
  const { data, error, reload } = useLoad(async () => ({ user: await visitor() }), []);
  useEffect(() => {
    document.title = `${t('console')} · Scrip`;
  }, [now]);
  if (!data) return <><Top /><main class="door"><Trouble error={error} retry={reload} />{!error && <Loading />}</main></>;
  return data.user?.role === 'operator' ? <Shell user={data.user} /> : <Gate user={data.user} entered={reload} />;
}

// For who is not signed in as an operator.
function Gate({ user, entered }) {
  const [values, setValues] = useState({ login: '', password: '' });
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const enter = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await api.post('/session', values);
      await entered();
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  const bind = (name) => ({ name, value: values[name], onInput: (event) => setValues({ ...values, [name]: event.target.value }) });
  return (
    <>
      <Top user={user || undefined} />
      <main id="main" tabIndex={-1} class="door">
        <div class="card form">
          <div><h1>{t('console')}</h1><p class="soft">{t('gate')}</p></div>
          {user && <div class="note warn">{t('notOperator', { login: user.login })}</div>}
          <Trouble error={problem} />
          <form class="form" onSubmit={enter}>
            <Field label={t('login')} autocomplete="username" autocapitalize="none" required {...bind('login')} />
            <Field label={t('password')} type="password" autocomplete="current-password" required {...bind('password')} />
            <button class="button wide" disabled={busy}>{t('signIn')}</button>
          </form>
        </div>
      </main>
      <Foot />
    </>
  );
}

function Shell({ user }) {
  const { hash, parts, search } = useRoute();
  const name = rooms[parts[0]] ? parts[0] : 'campaigns';
  const Room = rooms[name];
  const main = useRef(null);
  const first = useRef(true);
  // Another room is another page to a screen reader.
  useEffect(() => {
    if (!first.current) main.current.focus({ preventScroll: true });
    first.current = false;
    scrollTo(0, 0);
  }, [hash.split('?')[0]]);
  return (
    <>
      <Top user={user} />
      <div class="console">
        <nav class="rooms" aria-label={t('console')}>
          {Object.keys(rooms).map((room) => (
            <a key={room} href={to(room)} aria-current={room === name ? 'page' : undefined}
              ref={(link) => room === name && link?.scrollIntoView({ block: 'nearest', inline: 'center' })}>{t(room)}</a>
          ))}
        </nav>
        <main id="main" tabIndex={-1} ref={main}><Room rest={parts.slice(1)} search={search} /></main>
      </div>
      <Foot />
    </>
  );
}
