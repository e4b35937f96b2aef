import { start } from '../lib/ui.jsx';
import { EventPage } from './page.jsx';

start(EventPage);
