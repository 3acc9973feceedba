// Icons that only later parts have; they join the others with the first of them.

import { svg } from '../vendor/lit.js';
import { PATHS } from './icons.js';

export const LATER = {
  book: svg`<path d="M12 6.5C9.5 4.5 6 4.5 3.5 5.5V19c2.5-1 6-1 8.5 1 2.5-2 6-2 8.5-1V5.5C18 4.5 14.5 4.5 12 6.5Zm0 0V20"/>`,
};

Object.assign(PATHS, LATER);
