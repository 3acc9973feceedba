// The icons, drawn here: 24×24 strokes that take the colour of the text. Always beside words, never instead of them.

import { html, svg } from '../vendor/lit.js';

export const PATHS = {
  alarm: svg`<path d="M12 3 2.5 20h19L12 3Z"/><path d="M12 10v4.5M12 17.2v.3"/>`,
  board: svg`<path d="M4 9.5v5h3.5L16 19V5L7.5 9.5H4Z"/><path d="M8 14.5V20h3v-4M19 9.5a4 4 0 0 1 0 5"/>`,
  back: svg`<path d="m14.5 5-7 7 7 7"/>`,
  chart: svg`<path d="M4 4v16h16M8 16v-4M12.5 16V8M17 16v-6"/>`,
  check: svg`<path d="m5 12.5 4.5 4.5L19 7.5"/>`,
  clip: svg`<path d="m20 11.5-8 8a5 5 0 0 1-7-7l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4l7.6-7.6"/>`,
  clock: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>`,
  close: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
  down: svg`<path d="M12 5v14m-6-6 6 6 6-6"/>`,
  edit: svg`<path d="m4 20 1-4L16 5l3 3L8 19l-4 1Z"/>`,
  erase: svg`<path d="M8.5 5.5H21v13H8.5L2.5 12l6-6.5Z"/><path d="m12 9.5 5 5m0-5-5 5"/>`,
  eye: svg`<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z"/><circle cx="12" cy="12" r="2.7"/>`,
  gavel: svg`<path d="M12 4v16M6 20h12M5 8h14M5 8l-2.5 6h5L5 8Zm14 0-2.5 6h5L19 8Z"/>`,
  hand: svg`<path d="M8 12.5V6.2a1.5 1.5 0 0 1 3 0V11m0-6.8a1.5 1.5 0 0 1 3 0V11m0-5.3a1.5 1.5 0 0 1 3 0V13m0-3.8a1.5 1.5 0 0 1 3 0V15a6 6 0 0 1-6 6h-1.2a6 6 0 0 1-4.9-2.6L4.6 13.7a1.6 1.6 0 0 1 2.5-1.9L8 12.5"/>`,
  heart: svg`<path d="M3 12h4l2.2-5 4 10 2.3-5H21"/>`,
  home: svg`<path d="m3.5 11.5 8.5-7.5 8.5 7.5M6 9.8V20h12V9.8M10 20v-5.5h4V20"/>`,
  key: svg`<circle cx="8" cy="12" r="4.5"/><path d="M12.5 12H21v4m-3.5-4v3"/>`,
  language: svg`<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c5 5 5 12 0 17-5-5-5-12 0-17Z"/>`,
  leave: svg`<path d="M14 4H6v16h8M10 12h10m-4-4 4 4-4 4"/>`,
  link: svg`<circle cx="9" cy="12" r="5"/><circle cx="15" cy="12" r="5"/>`,
  offline: svg`<path d="M3 3l18 18M5 12.5a10 10 0 0 1 4-2.3M2.5 9a14 14 0 0 1 4-2.5M12 18h.01M16.5 12.7a10 10 0 0 0-2-1.4M21.5 9A14.5 14.5 0 0 0 10 5.6M8.5 15.8a5 5 0 0 1 6-.6"/>`,
  online: svg`<path d="M2.5 9a14 14 0 0 1 19 0M5.5 12.5a9.5 9.5 0 0 1 13 0M8.5 15.8a5 5 0 0 1 7 0M12 19h.01"/>`,
  list: svg`<path d="m3.5 6 1.5 1.5L7.5 5M3.5 12.5l1.5 1.5 2.5-2.5M3.5 19l1.5 1.5L7.5 18M11 6.5h9.5M11 13h9.5M11 19.5h9.5"/>`,
  next: svg`<path d="m9.5 5 7 7-7 7"/>`,
  office: svg`<path d="M4 20.5V4h10v16.5M14 9.5h6v11M2.5 20.5h19M7.5 8h3M7.5 12h3M7.5 16h3M17 13.5h.01M17 17h.01"/>`,
  phone: svg`<path d="M6.5 3.5 9 4l1.2 4-2 1.8a13 13 0 0 0 6 6l1.8-2 4 1.2.5 2.5a3 3 0 0 1-3 3A14.5 14.5 0 0 1 3.500 6.500a3 3 0 0 1 3-3Z"/>`,
  plus: svg`<path d="M12 5v14M5 12h14"/>`,
  printer: svg`<path d="M7 9V3.5h10V9M7 17H4V9h16v8h-3M7 14h10v6.500H7V14Z"/>`,
  reply: svg`<path d="M9.5 6 4 11.5l5.5 5.5M4 11.5h9.5a6.5 6.5 0 0 1 6.5 6.5"/>`,
  search: svg`<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>`,
  send: svg`<path d="M4 12 3 4l18 8-18 8 1-8Zm0 0h8"/>`,
  stop: svg`<circle cx="12" cy="12" r="8.5"/><path d="m6 6 12 12"/>`,
  sync: svg`<path d="M20 6v5h-5M4 18v-5h5M19 11a7.5 7.5 0 0 0-13-3.5M5 13a7.5 7.5 0 0 0 13 3.5"/>`,
  team: svg`<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6M16 5.3a3.5 3.5 0 0 1 0 6.4M18 14.5c2.2.8 3.5 2.6 3.5 5.5"/>`,
  wait: svg`<path d="M7 3h10M7 21h10M8 3c0 5 8 5 8 9s-8 4-8 9M16 3c0 5-8 5-8 9s8 4 8 9"/>`,
};

/** @param {keyof typeof PATHS | keyof typeof import('./visiting/icons.js').MORE | keyof typeof import('./later-icons.js').LATER} name */
export const icon = (name) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${/** @type {any} */ (PATHS)[name]}</svg>`;
