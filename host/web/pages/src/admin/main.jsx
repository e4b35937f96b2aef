import { start } from '../lib/ui.jsx';
import { Console } from './console.jsx';

start(Console);
