// Fetches a file of an entry with this person's sign-in when one is asked for. Whoever holds the page together calls it; what
// becomes of the bytes is `attachment.js`.

import { say } from '../language.js';

/** Fetches what was asked for; why it did not come is said on the page, where somebody asked. @param {import('../model.js').Model} model @param {any} event a `FileWanted` */
export function fetchFile(model, event) {
  const place = event.target.closest('[data-entry]')?.dataset;
  if (!place) return;
  const fetched = model.rest.file(place.timeline, place.entry, event.sha256);
  fetched.catch((error) => event.isAsked && model.say(error.reason ?? { ja: say('file_not_fetched'), en: say('file_not_fetched') }));
  event.answer(fetched);
}
