// Icons that only later parts have; they join the others with the first of them.

import { svg } from '../vendor/lit.js';
import { PATHS } from './icons.js';

export const LATER = {
  copy: svg`<rect x="8.5" y="8.5" width="11.5" height="12" rx="1.5"/><path d="M15.5 8.5V5A1.5 1.5 0 0 0 14 3.5H5.5A1.5 1.5 0 0 0 4 5v9.5A1.5 1.5 0 0 0 5.5 16h3"/>`,
  sound: svg`<path d="M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM15.5 9a4 4 0 0 1 0 6M18 6.5a7.5 7.5 0 0 1 0 11"/>`,
  book: svg`<path d="M12 6.5C9.5 4.5 6 4.5 3.5 5.5V19c2.5-1 6-1 8.5 1 2.5-2 6-2 8.5-1V5.5C18 4.5 14.5 4.5 12 6.5Zm0 0V20"/>`,
};

Object.assign(PATHS, LATER);
