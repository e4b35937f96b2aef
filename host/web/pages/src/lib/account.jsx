// What signing in and signing up share: the form, and where it leads.
import { useEffect, useState } from 'preact/hooks';
import './account.css';
import { visitor } from './api.js';
import { useLanguage } from './language.js';
import { Field, Foot, Top, Trouble, useFocusWrong } from './ui.jsx';

// Where the visitor came from: a path of this server, nothing else.
export function next() {
  const wanted = new URLSearchParams(location.search).get('next') || '';
  try {
    const url = new URL(wanted, location.origin);
    if (wanted && url.origin === location.origin && /^\/(?![/\\])/.test(wanted)) return url.pathname + url.search + url.hash;
  } catch {
    // No address at all.
  }
  return '/event/';
}

// `fields` are attributes of Field with a name; `submit` gets their values, and throws {name: sentence}
// for those that are wrong, or a Problem.
export function AccountPage({ title, lead, fields, button, busyButton, submit, children }) {
  const now = useLanguage();
  const [values, setValues] = useState({});
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const form = useFocusWrong(problem);
  useEffect(() => {
    document.title = `${title} · Scrip`;
  }, [now]);
  // Who is signed in already has no business here.
  useEffect(() => {
    visitor().then((user) => user && location.replace(next()), () => {});
  }, []);
  const send = async (event) => {
    event.preventDefault();
    setProblem(null);
    setBusy(true);
    try {
      await submit(values);
      location.assign(next());
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const wrong = (name) => problem?.fields?.[name] || problem?.at?.(name) || undefined;
  const anyWrong = fields.some((field) => wrong(field.name));
  return (
    <>
      <Top />
      <main id="main" tabIndex={-1} class="door">
        <div class="card form">
          <div><h1>{title}</h1><p class="soft">{lead}</p></div>
          <Trouble error={anyWrong ? null : problem} />
          <form class="form" ref={form} onSubmit={send} noValidate>
            {fields.map(({ name, ...attributes }) => (
              <Field key={name} name={name} {...attributes} wrong={wrong(name)} value={values[name] || ''}
                onInput={(event) => setValues({ ...values, [name]: event.target.value })} />
            ))}
            <button class="button wide" disabled={busy}>{busy ? busyButton : button}</button>
          </form>
        </div>
        <p class="other">{children}</p>
      </main>
      <Foot />
    </>
  );
}

// Refusals that the page makes itself.
export class Wrong extends Error {
  constructor(fields) {
    super('');
    this.fields = fields;
  }
}
