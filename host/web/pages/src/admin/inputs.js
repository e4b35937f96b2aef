// Between what a form's inputs hold and what the API takes.
import { t } from './words.js';

export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

// "2026-11-21T10:00" in the browser's zone, as the input wants it, of an instant.
export function forInput(text) {
  if (!text) return '';
  const date = new Date(text);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

export const forServer = (local) => (local ? new Date(local).toISOString() : null);

// A JSON object of a text area; its mistake is a field's error like the server's.
export function object(text, name) {
  if (!text.trim()) return {};
  try {
    const value = JSON.parse(text);
    if (value && typeof value === 'object' && !Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw { fields: { [name]: t('notJson') } };
}

// A number where the text is one. What is none is the server's to refuse, at its field.
export const whole = (text) => (/^\d+$/.test(text) ? Number(text) : text);
