// What follows when a socket closes: try again after a pause, or stop and say why. `hub.js` asks here; the codes are
// those of docs/protocol.md. `goodbye` is believed first, because a newer hub may have codes this page does not know.

const PAUSE_MS_FIRST = 500;
const PAUSE_MS_MAX = 30_000;

/** Close codes after which connecting again cannot help; the name is what the page explains. */
const FINAL = /** @type {Record<number, string>} */ ({
  1002: 'protocol_error',
  1003: 'protocol_error',
  1007: 'protocol_error',
  1009: 'frame_too_large',
});

/**
 * @typedef {object} Goodbye
 * @property {string} code
 * @property {boolean} retry
 * @property {number} retryAfterMs
 * @property {{ja: string, en: string}} [reason]
 */

/**
 * @param {number} closeCode of the WebSocket
 * @param {Goodbye | null} goodbye the hub's last frame, if it came
 * @returns {{retry: boolean, code: string, afterMs: number, reason?: {ja: string, en: string}}}
 */
export function judgeClosing(closeCode, goodbye) {
  if (goodbye) {
    return { retry: goodbye.retry, code: goodbye.code, afterMs: goodbye.retryAfterMs, reason: goodbye.reason };
  }
  const final = FINAL[closeCode];
  // The application codes of the hub say by their hundreds whether coming back can help: 44xx never, 45xx may.
  if (final) return { retry: false, code: final, afterMs: 0 };
  if (closeCode >= 4400 && closeCode < 4500) return { retry: false, code: 'refused', afterMs: 0 };
  return { retry: true, code: 'lost', afterMs: 0 };
}

/**
 * How long to wait before attempt number `attempt` (0: the first after a loss), in milliseconds: exponential with full
 * jitter, so that the clients of a hub that restarts do not all come back at once.
 * @param {number} attempt @param {number} random in [0, 1) @param {number} atLeastMs what the hub asked for
 */
export function pauseMs(attempt, random, atLeastMs = 0) {
  const ceiling = Math.min(PAUSE_MS_MAX, PAUSE_MS_FIRST * 2 ** Math.min(attempt, 16));
  return Math.round(atLeastMs + ceiling * (0.25 + 0.75 * random));
}
