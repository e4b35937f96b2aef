import { words } from '../lib/language.js';
import en from './words_en.js';
import ko from './words_ko.js';

export const t = words({ en, ko });
