// The question before somebody signs out with posts that were not sent: they stay in envelopes, or, where none could be
// made, are lost. Asked by the shell and by the account's page.

import { say } from '../language.js';

/** @param {import('../model.js').Model} model @returns {boolean} whether they want to */
export function mayLeave({ outbox, keeper }) {
  const count = outbox.unsent + outbox.returned;
  return count === 0 || confirm(say(keeper.canSeal ? 'sign_out_unsent' : 'sign_out_lost', { count }));
}
