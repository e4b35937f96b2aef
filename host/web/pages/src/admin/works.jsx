// Works (webtoons, products): what a coupon can be for.
import { useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { exactInstant } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { Blank, Field, Loading, Trouble, useFocusWrong } from '../lib/ui.jsx';
import { Head, Said, Sheet, Table, useSaid } from './parts.jsx';
import { t } from './words.js';

const load = async (signal) => {
  const list = await api.get('/works?limit=1000', { signal });
  return list.data ?? list;
};

export function Works() {
  const { data, error, reload } = useLoad(load, []);
  const [title, setTitle] = useState('');
  const [problem, setProblem] = useState(null);
  const [sheet, setSheet] = useState(null);
  const [said, say] = useSaid();
  const form = useFocusWrong(problem);
  const add = async (event) => {
    event.preventDefault();
    setProblem(null);
    try {
      const work = await api.post('/works', { title });
      setTitle('');
      say(t('workAdded', { title: work.title }));
      await reload();
    } catch (failure) {
      setProblem(failure);
    }
  };
  return (
    <>
      <Head title={t('works')} />
      <form class="card row search" ref={form} onSubmit={add} noValidate>
        <Field label={t('title')} value={title} wrong={problem?.at?.('title') || undefined} onInput={(event) => setTitle(event.target.value)} />
        <button class="button">{t('addWork')}</button>
      </form>
      <Trouble error={problem?.at?.('title') ? null : problem || error} />
      <Said text={said} />
      {!data && !error && <div class="card"><Loading /></div>}
      {data && (
        <Table caption={t('works')} columns={[{ label: t('number') }, { label: t('title') }, { label: t('updatedAt') }, { label: t('actions'), unseen: true, class: 'right' }]}
          rows={data.map((work) => ({ key: work.id, cells: [work.id, work.title, exactInstant(work.updated_at),
            <span class="row end">
              <button type="button" class="button plain small" onClick={() => setSheet({ work, rename: true })}>{t('rename')}<span class="unseen"> {work.title}</span></button>
              <button type="button" class="button danger small" onClick={() => setSheet({ work })}>{t('delete')}<span class="unseen"> {work.title}</span></button>
            </span>] }))}
          empty={<div class="card"><Blank title={t('noWorks')}>{t('noWorksLead')}</Blank></div>} />
      )}
      {sheet && <Change {...sheet} close={() => setSheet(null)} done={reload} />}
    </>
  );
}

function Change({ work, rename, close, done }) {
  const [title, setTitle] = useState(work.title);
  if (!rename) {
    return (
      <Sheet title={t('deleteWork', { title: work.title })} button={t('delete')} danger close={close}
        send={async () => { await api.delete(`/works/${work.id}`); await done(); }}><p>{t('deleteWorkText')}</p></Sheet>
    );
  }
  return (
    <Sheet title={t('rename')} button={t('save')} close={close} send={async () => { await api.patch(`/works/${work.id}`, { title }); await done(); }}>
      {(problem) => <Field label={t('title')} value={title} wrong={problem?.at?.('title')} onInput={(event) => setTitle(event.target.value)} />}
    </Sheet>
  );
}
