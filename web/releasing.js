// A word of its author on a post in quarantine: sending it to the rules as they are now, or letting it be. One after the
// other; what the hub says to one that it does not take stands with it. No DOM.

/**
 * @typedef {import('./quarantined.js').QuarantinedPosts} QuarantinedPosts
 * @typedef {import('./quarantined.js').Quarantined} Quarantined
 */

/** Sends these, in order. One that is not taken stays. @param {QuarantinedPosts} quarantined @param {Quarantined[]} posts */
export const release = (quarantined, posts) => each(quarantined, posts, async ({ id, intent, written_at: written }) => {
  const { rest, outbox, clock } = quarantined.model;
  const answer = await rest.releaseQuarantined(id);
  // Whoever looks what became of it finds it among what was stored.
  if (intent && answer?.verdict !== 'queued') outbox.stored({ intent, writtenAtMs: Date.parse(written) }, clock.now());
});

/** @param {QuarantinedPosts} quarantined @param {Quarantined} post */
export const discard = (quarantined, post) => each(quarantined, [post], ({ id }) => quarantined.model.rest.discardQuarantined(id));

/** @param {QuarantinedPosts} quarantined @param {Quarantined[]} posts @param {(post: Quarantined) => Promise<any>} act */
async function each(quarantined, posts, act) {
  if (quarantined.busy) return;
  quarantined.busy = true;
  quarantined.model.changed();
  for (const post of posts) {
    const { id } = post;
    try {
      await act(post);
      quarantined.troubles.delete(id);
    } catch (/** @type {any} */ error) {
      quarantined.troubles.set(id, error.reason ?? { ja: 'いまは連携ハブに届きません', en: 'the hub is out of reach' });
    }
  }
  quarantined.busy = false;
  await quarantined.look();
}
