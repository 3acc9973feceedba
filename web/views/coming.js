// What the first view does without: fetched a moment after it, so that it is there without network, too, or at once when
// somebody wants it. What it holds stands in `later.js`. An element of it is put into the page only once it is there: one
// that stood there before would begin without a model.

/** @typedef {typeof import('./later.js')} Later */

/** @type {Later | null} */
let there = null;
/** @type {Promise<Later> | null} */
let coming = null;

/** What came; `null` before. */
export const later = () => there;

export function fetchLater() {
  coming ??= import('./later.js').then(async (parts) => {
    await parts.styled;
    there = parts;
    return parts;
  });
  // What did not come now may come when it is asked for again.
  coming.catch(() => { coming = null; });
  return coming;
}

/** The element once it is there, in a view that shows it by then. @param {import('./view.js').View} view @param {string} name @returns {Promise<any>} */
export async function elementOf(view, name) {
  await fetchLater();
  view.requestUpdate();
  await view.updateComplete;
  const element = /** @type {import('./view.js').View} */ (view.querySelector(name));
  await element.updateComplete;
  return element;
}
