// Where somebody was on a page that is taken out of the document: what had the focus, how far everything was scrolled,
// which dialogs were open; and the way back there. `lock.js` calls it. Knows nothing of what the page shows.

/** @typedef {{focused: Element | null, scrolled: [Element, number, number][], modals: HTMLDialogElement[]}} Place */

/** @param {HTMLElement} page @returns {Place} */
export function placeOf(page) {
  const all = [...page.querySelectorAll('*')];
  return {
    focused: page.contains(document.activeElement) ? document.activeElement : null,
    scrolled: all.filter(({ scrollTop, scrollLeft }) => scrollTop !== 0 || scrollLeft !== 0).map((one) => [one, one.scrollTop, one.scrollLeft]),
    modals: /** @type {HTMLDialogElement[]} */ (all.filter((one) => one.matches('dialog:modal'))),
  };
}

/** Puts the page back. @param {HTMLElement} page @param {Place | null} place nothing if it never stood there */
export function comeBack(page, place) {
  // Out of the document a dialog stays marked as open, and is above nothing any more.
  for (const dialog of place?.modals ?? []) dialog.removeAttribute('open');
  document.body.append(page);
  if (!place) return;
  for (const element of page.querySelectorAll('*')) /** @type {any} */ (element).requestUpdate?.();
  for (const dialog of place.modals) if (dialog.isConnected) dialog.showModal();
  requestAnimationFrame(() => {
    for (const [element, top, left] of place.scrolled) Object.assign(element, { scrollTop: top, scrollLeft: left });
    const focused = place.focused?.isConnected ? place.focused : page.querySelector('main');
    /** @type {HTMLElement | null} */ (focused)?.focus({ preventScroll: true });
  });
}
