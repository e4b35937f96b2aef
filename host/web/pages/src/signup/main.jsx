import { AccountPage, Wrong } from '../lib/account.jsx';
import { api } from '../lib/api.js';
import { useLanguage, words } from '../lib/language.js';
import { start } from '../lib/ui.jsx';

const t = words({
  en: { title: 'Create an account', lead: 'One account for every event here.', login: 'Login', loginHint: 'An e-mail address, or a name of your own',
    password: 'Password', passwordHint: 'At least 8 characters', again: 'Password, once more', button: 'Sign up', busy: 'Signing up…',
    some: 'Have an account already?', signIn: 'Sign in', needed: 'Please fill this in.', short: 'Please use at least 8 characters.',
    long: 'Please use at most 72 bytes.', differs: 'The two passwords are not the same.' },
  ko: { title: '회원가입', lead: '계정 하나로 모든 이벤트에 참여하세요.', login: '아이디', loginHint: '이메일 주소나 원하는 이름',
    password: '비밀번호', passwordHint: '8자 이상', again: '비밀번호 확인', button: '회원가입', busy: '가입하는 중…',
    some: '이미 계정이 있으신가요?', signIn: '로그인', needed: '입력해 주세요.', short: '8자 이상 입력해 주세요.',
    long: '72바이트 이하로 입력해 주세요.', differs: '두 비밀번호가 서로 다릅니다.' },
});

async function signUp({ login = '', password = '', again = '' }) {
  const wrong = {};
  if (!login.trim()) wrong.login = t('needed');
  if (!password) wrong.password = t('needed');
  else if ([...password].length < 8) wrong.password = t('short');
  else if (new TextEncoder().encode(password).length > 72) wrong.password = t('long');
  if (!wrong.password && again !== password) wrong.again = t('differs');
  if (Object.keys(wrong).length) throw new Wrong(wrong);
  const account = { login: login.trim(), password };
  try {
    await api.post('/users', account);
  } catch (problem) {
    // It is about the name, so it belongs at that field.
    if (problem.code === 'user_exists') throw new Wrong({ login: problem.message });
    throw problem;
  }
  await api.post('/session', account);
}

function Page() {
  useLanguage();
  return (
    <AccountPage title={t('title')} lead={t('lead')} button={t('button')} busyButton={t('busy')} submit={signUp}
      fields={[
        { name: 'login', label: t('login'), hint: t('loginHint'), autocomplete: 'username', autocapitalize: 'none', spellcheck: false },
        { name: 'password', label: t('password'), hint: t('passwordHint'), type: 'password', autocomplete: 'new-password' },
        { name: 'again', label: t('again'), type: 'password', autocomplete: 'new-password' },
      ]}>
      {t('some')} <a href={`/login-page/${location.search}`}>{t('signIn')}</a>
    </AccountPage>
  );
}

start(Page);
