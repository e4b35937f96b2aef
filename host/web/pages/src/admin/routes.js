// Where one is in the console: the part of the address after '#', such as #/campaigns/spring/codes.
import { useEffect, useState } from 'preact/hooks';

export function parse(hash) {
  const [path, search = ''] = hash.replace(/^#\/?/, '').split('?');
  const parts = path.split('/').filter(Boolean).map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { parts, search: new URLSearchParams(search) };
}

export function useRoute() {
  const [hash, set] = useState(location.hash);
  useEffect(() => {
    const changed = () => set(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return { hash, ...parse(hash) };
}

export const to = (...parts) => `#/${parts.map(encodeURIComponent).join('/')}`;
export const go = (...parts) => {
  location.hash = to(...parts);
};
