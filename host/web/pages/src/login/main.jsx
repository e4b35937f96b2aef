import { AccountPage, Wrong } from '../lib/account.jsx';
import { api } from '../lib/api.js';
import { useLanguage, words } from '../lib/language.js';
import { start } from '../lib/ui.jsx';

const t = words({
  en: { title: 'Sign in', lead: 'Welcome back.', login: 'Login', loginHint: 'Your e-mail address or user name', password: 'Password',
    button: 'Sign in', busy: 'Signing in…', none: 'No account yet?', signUp: 'Sign up', needed: 'Please fill this in.' },
  ko: { title: '로그인', lead: '다시 오신 것을 환영합니다.', login: '아이디', loginHint: '이메일 또는 사용자 이름', password: '비밀번호',
    button: '로그인', busy: '로그인하는 중…', none: '아직 계정이 없으신가요?', signUp: '회원가입', needed: '입력해 주세요.' },
});

async function signIn({ login = '', password = '' }) {
  const wrong = {};
  if (!login.trim()) wrong.login = t('needed');
  if (!password) wrong.password = t('needed');
  if (Object.keys(wrong).length) throw new Wrong(wrong);
  await api.post('/session', { login: login.trim(), password });
}

function Page() {
  useLanguage();
  return (
    <AccountPage title={t('title')} lead={t('lead')} button={t('button')} busyButton={t('busy')} submit={signIn}
      fields={[
        { name: 'login', label: t('login'), hint: t('loginHint'), autocomplete: 'username', autocapitalize: 'none', spellcheck: false },
        { name: 'password', label: t('password'), type: 'password', autocomplete: 'current-password' },
      ]}>
      {t('none')} <a href={`/signup-page/${location.search}`}>{t('signUp')}</a>
    </AccountPage>
  );
}

start(Page);
