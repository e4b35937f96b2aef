// Korean or English: by the browser's languages, or as chosen by the switch and remembered.
import { useEffect, useState } from 'preact/hooks';

const key = 'scrip-language';
const known = ['en', 'ko'];
const listeners = new Set();

function remembered() {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;  // storage is off
  }
}

function choose() {
  const wanted = [remembered(), ...(navigator.languages || [navigator.language])];
  for (const tag of wanted) {
    const language = (tag || '').slice(0, 2).toLowerCase();
    if (known.includes(language)) return language;
  }
  return 'en';
}

let current = choose();
document.documentElement.lang = current;

export const language = () => current;

export function switchLanguage(to) {
  current = to;
  document.documentElement.lang = to;
  try {
    localStorage.setItem(key, to);
  } catch {
    // It holds for this page then.
  }
  for (const listener of listeners) listener(to);
}

// Renders the component anew when the language changes.
export function useLanguage() {
  const [now, set] = useState(current);
  useEffect(() => {
    listeners.add(set);
    return () => listeners.delete(set);
  }, []);
  return now;
}

// words({en: {hello: 'Hello'}, ko: {…}}) gives t('hello'); {name} stands for a value of the second argument.
export function words(dictionary) {
  return (name, values = {}) => {
    const text = dictionary[current][name] ?? dictionary.en[name] ?? name;
    return text.replace(/\{(\w+)\}/g, (_, value) => String(values[value] ?? ''));
  };
}
