// Icons that only the pages of a visit have; they join the others when such a page is fetched.

import { svg } from '../../vendor/lit.js';
import { PATHS } from '../icons.js';

export const MORE = {
  camera: svg`<path d="M4 7.5h3.5L9 5h6l1.5 2.5H20v11H4v-11Z"/><circle cx="12" cy="13" r="3.4"/>`,
  meter: svg`<rect x="5" y="3" width="14" height="18" rx="2.5"/><path d="M8.5 7.5h7v4h-7zM9 15.5h.01M12 15.5h.01M15 15.5h.01M9 18h.01M12 18h.01M15 18h.01"/>`,
  microphone: svg`<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3M9 21h6"/>`,
};

Object.assign(PATHS, MORE);
