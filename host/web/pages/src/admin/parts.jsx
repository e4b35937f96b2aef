// What several rooms of the console are made of.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Trouble } from '../lib/ui.jsx';
import { t } from './words.js';

export function Head({ title, children, back }) {
  return (
    <div class="head">
      <div class="head-title">
        {back && <a class="small" href={back.href}>← {back.text}</a>}
        <h1>{title}</h1>
      </div>
      <div class="row">{children}</div>
    </div>
  );
}

// A table that becomes a list of cards on a phone. Columns are {label, class, unseen: the label is only read out}.
export function Table({ caption, columns, rows, empty }) {
  if (!rows.length) return empty;
  return (
    <div class="card table">
      <table>
        <caption class="unseen">{caption}</caption>
        <thead><tr>{columns.map((column) => <th key={column.label} scope="col" class={column.class}>{column.unseen ? <span class="unseen">{column.label}</span> : column.label}</th>)}</tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              {row.cells.map((cell, i) => <td key={columns[i].label} data-label={columns[i].unseen ? '' : columns[i].label} class={columns[i].class}>{cell}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// A form in front of the page: {title, button, danger, onSend(values) → promise, onClose}.
export function Sheet({ title, button, danger, send, close, children }) {
  const id = useId();
  const dialog = useRef(null);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await send();
      dialog.current.close();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <dialog class="sheet card" ref={dialog} aria-labelledby={id} onClose={close}>
      <form class="form" onSubmit={submit}>
        <h2 id={id}>{title}</h2>
        <Trouble error={problem} />
        {typeof children === 'function' ? children(problem) : children}
        <div class="row end">
          <button type="button" class="button plain" onClick={() => dialog.current.close()}>{t('cancelButton')}</button>
          <button class={`button ${danger ? 'danger' : ''}`} disabled={busy}>{button}</button>
        </div>
      </form>
    </dialog>
  );
}

const tones = { active: 'good', paused: 'warn', ended: '', available: '', issued: 'good', redeemed: 'warn', running: 'warn', done: 'good', failed: 'bad' };

export const State = ({ name }) => <span class={`badge ${tones[name] || ''}`}>{t(`state_${name}`)}</span>;

// Something that was done, said aloud and shown for a while.
export function useSaid() {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (!said) return undefined;
    const timer = setTimeout(() => setSaid(''), 6000);
    return () => clearTimeout(timer);
  }, [said]);
  return [said, setSaid];
}

export const Said = ({ text }) => <div role="status">{text && <div class="note good">{text}</div>}</div>;

export const field = (values, setValues, name) => ({
  name,
  value: values[name] ?? '',
  onInput: (event) => setValues({ ...values, [name]: event.target.type === 'checkbox' ? event.target.checked : event.target.value }),
});
