// The event page: who is here, which campaign, and everything around it.
import { useEffect } from 'preact/hooks';
import { api, visitor } from '../lib/api.js';
import { useLoad } from '../lib/hooks.js';
import { useLanguage } from '../lib/language.js';
import { Blank, Foot, Loading, Top, Trouble, signInLink, signUpLink } from '../lib/ui.jsx';
import { Campaign } from './campaign.jsx';
import './event.css';
import { t } from './words.js';

// The campaign of the address, else number 1 (the first one made), or when that is over the next that is not.
async function choose(campaigns, signal) {
  const wanted = new URLSearchParams(location.search).get('campaign');
  if (wanted) return api.get(`/campaigns/${encodeURIComponent(wanted)}`, { signal });
  for (const campaign of campaigns.slice(0, 20)) {
    const { status, data } = await api.get(`/campaigns/${campaign.id}/windows?limit=1`, { signal });
    if (status === 'paused' || (status === 'active' && data.length)) return campaign;
  }
  return campaigns[0];
}

// 404 where the server has no works.
const works = (signal) => api.get('/works?limit=1000', { signal }).then(
  (list) => list.data ?? list, (problem) => {
    if (problem.status === 404) return [];
    throw problem;
  });

async function load(signal) {
  const user = await visitor();
  if (!user) return { user };
  const { data: campaigns } = await api.get('/campaigns', { signal });
  if (!campaigns.length) return { user, campaigns };
  const [campaign, list] = await Promise.all([
    choose(campaigns, signal).catch((problem) => {
      if (problem.status === 404) return null;
      throw problem;
    }),
    works(signal),
  ]);
  return { user, campaigns, campaign, works: list };
}

export function EventPage() {
  const now = useLanguage();
  const { data, error, reload } = useLoad(load, []);
  useEffect(() => {
    const name = data?.campaign?.name;
    document.title = name ? `${name} · Scrip` : 'Scrip';
  }, [data, now]);
  return (
    <>
      <Top user={data?.user} />
      <main id="main" tabIndex={-1} class="event">
        <Trouble error={error} retry={reload} />
        {!data && !error && <div class="card"><Loading lines={5} /></div>}
        {data && <Content {...data} />}
      </main>
      <Foot />
    </>
  );
}

function Content({ user, campaigns, campaign, works: list }) {
  if (!user) return <Invitation />;
  if (!campaigns.length) return <div class="card"><Blank as="h1" title={t('noneTitle')}>{t('none')}</Blank></div>;
  if (!campaign) {
    return (
      <div class="card">
        <Blank as="h1" title={t('unknownTitle')}>
          <p>{t('unknown')}</p>
          <p><a href="/event/">{t('toStart')}</a></p>
        </Blank>
      </div>
    );
  }
  const others = campaigns.filter((other) => other.id !== campaign.id);
  return (
    <>
      <Campaign key={campaign.id} first={campaign} works={list} />
      {others.length > 0 && (
        <nav class="others" aria-labelledby="others">
          <h2 id="others">{t('others')}</h2>
          <ul>
            {others.slice(0, 24).map((other) => (
              <li key={other.id}><a class="card" href={`?campaign=${other.id}`}>{other.name}</a></li>
            ))}
          </ul>
        </nav>
      )}
    </>
  );
}

function Invitation() {
  return (
    <section class="card hero invitation">
      <div class="torn" aria-hidden="true"><span>%</span></div>
      <div class="form">
        <h1>{t('signedOutTitle')}</h1>
        <p class="soft lead">{t('signedOut')}</p>
        <div class="row">
          <a class="button big" href={signInLink()}>{t('signIn')}</a>
          <a class="button plain big" href={signUpLink()}>{t('signUp')}</a>
        </div>
      </div>
    </section>
  );
}
