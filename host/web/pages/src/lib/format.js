// Numbers and instants as the reader's language writes them.
import { language } from './language.js';

const locale = () => (language() === 'ko' ? 'ko-KR' : 'en-GB');

export const number = (value) => (value === null || value === undefined ? '∞' : new Intl.NumberFormat(locale()).format(value));

export function instant(text, zone) {
  if (!text) return '—';
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short', timeZone: zone }).format(new Date(text));
}

export function exactInstant(text, zone) {
  if (!text) return '—';
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'short', timeStyle: 'medium', timeZone: zone }).format(new Date(text));
}

export const clockTime = (ms) =>
  new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }).format(new Date(ms));

// "1:04:09", or "2 d 01:04:09".
export function countdown(ms) {
  const total = Math.max(0, Math.ceil(ms / 1000));
  const two = (n) => String(n).padStart(2, '0');
  const days = Math.floor(total / 86400);
  const clock = `${two(Math.floor(total / 3600) % 24)}:${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
  return days ? `${days}${language() === 'ko' ? '일' : 'd'} ${clock}` : clock;
}

export function bytes(size) {
  if (size < 1024) return `${size} B`;
  return size < 1048576 ? `${(size / 1024).toFixed(1)} KiB` : `${(size / 1048576).toFixed(1)} MiB`;
}
