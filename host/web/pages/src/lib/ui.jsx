// The parts that all pages are made of.
import { render } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import icon from '../icon.svg';
import { api } from './api.js';
import './base.css';
import { language, switchLanguage, useLanguage, words } from './language.js';

const t = words({
  en: { skip: 'Skip to the content', signIn: 'Sign in', signUp: 'Sign up', signOut: 'Sign out', language: '한국어',
    failed: 'That did not work', unreachable: 'The server cannot be reached. Please check the connection and try again.',
    again: 'Try again', loading: 'Loading…', copy: 'Copy', copied: 'Copied', event: 'Event', console: 'Console', apiDocs: 'API',
    licences: 'Licences', wentWrong: 'Something went wrong here.' },
  ko: { skip: '본문으로 건너뛰기', signIn: '로그인', signUp: '회원가입', signOut: '로그아웃', language: 'English',
    failed: '처리하지 못했습니다', unreachable: '서버에 연결할 수 없습니다. 연결을 확인하고 다시 시도해 주세요.',
    again: '다시 시도', loading: '불러오는 중…', copy: '복사', copied: '복사했습니다', event: '이벤트', console: '관리자', apiDocs: 'API',
    licences: '라이선스', wentWrong: '문제가 생겼습니다.' },
});

// The server's sentence, or ours when there was no answer.
export const sentence = (error) =>
  error.code === 'unreachable' ? t('unreachable') : error.message || t('wentWrong');

export function start(Page) {
  render(<Page />, document.getElementById('app'));
}

const here = () => encodeURIComponent(location.pathname + location.search + location.hash);
export const signInLink = () => `/login-page/?next=${here()}`;
export const signUpLink = () => `/signup-page/?next=${here()}`;

export function Top({ user, children }) {
  useLanguage();
  const other = language() === 'ko' ? 'en' : 'ko';
  const signOut = async () => {
    await api.delete('/session').catch(() => {});
    location.reload();
  };
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => {
        event.preventDefault();
        document.getElementById('main')?.focus();
      }}>{t('skip')}</a>
      <header class="top">
        <a class="brand" href="/event/"><img src={icon} alt="" />Scrip</a>
        {children}
        {user?.role === 'operator' && !location.pathname.startsWith('/admin') && <a class="button bare small" href="/admin/">{t('console')}</a>}
        <button type="button" class="button bare small" lang={other} onClick={() => switchLanguage(other)}>{t('language')}</button>
        {user === null && <a class="button plain small" href={signInLink()}>{t('signIn')}</a>}
        {user && <span class="who" title={user.login}>{user.login}</span>}
        {user && <button type="button" class="button plain small" onClick={signOut}>{t('signOut')}</button>}
      </header>
    </>
  );
}

export function Foot() {
  return (
    <footer class="foot">
      <a href="/event/">{t('event')}</a>
      <a href="/docs">{t('apiDocs')}</a>
      <a href={document.documentElement.dataset.licences}>{t('licences')}</a>
    </footer>
  );
}

// A labelled input; `wrong` is shown at it and read out with it.
export function Field({ label, hint, wrong, as: Input = 'input', children, ...attributes }) {
  const id = useId();
  const described = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <Input id={id} class="input" aria-invalid={wrong ? 'true' : undefined} aria-describedby={described || undefined} {...attributes}>
        {children}
      </Input>
      {hint && <span class="hint" id={`${id}-hint`}>{hint}</span>}
      {wrong && <span class="wrong" id={`${id}-wrong`}>{wrong}</span>}
    </div>
  );
}

// After a refusal the first wrong field is where the reader wants to be.
export function useFocusWrong(problem) {
  const form = useRef(null);
  useEffect(() => {
    if (problem) form.current?.querySelector('[aria-invalid="true"]')?.focus();
  }, [problem]);
  return form;
}

// A failure, with the server's sentence; read out when it appears.
export function Trouble({ error, retry }) {
  return (
    <div role="alert">
      {error && (
        <div class="note bad row apart">
          <span>{sentence(error)}</span>
          {retry && <button type="button" class="button plain small" onClick={() => retry()}>{t('again')}</button>}
        </div>
      )}
    </div>
  );
}

export function Loading({ lines = 3 }) {
  return (
    <div role="status" class="form">
      <span class="unseen">{t('loading')}</span>
      {Array.from({ length: lines }, (_, i) => <div class="skeleton" key={i} />)}
    </div>
  );
}

// Where there is nothing; `as` is 'h1' where that is all the page says.
export function Blank({ title, as: Title = 'strong', children }) {
  return <div class="blank"><Title>{title}</Title>{children && <div>{children}</div>}</div>;
}

async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Over plain HTTP there is no clipboard; a selected field can be copied all the same.
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  if (!done) throw new Error('not copied');
}

export function Copy({ text, label, class: more = 'plain small' }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(false), 2500);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <>
      <button type="button" class={`button ${more}`} aria-label={`${t('copy')}: ${label || text}`}
        onClick={() => copyText(text).then(() => setDone(true), () => {})}>{done ? t('copied') : t('copy')}</button>
      <span class="unseen" role="status">{done ? t('copied') : ''}</span>
    </>
  );
}
