// What follows when a socket closes: try again after a pause, or stop and say why. `hub.js` asks here; the codes are
// those of docs/protocol.md. `goodbye` is believed first, because a newer hub may have codes this page does not know.

const PAUSE_MS_FIRST = 1_000;
const PAUSE_MS_MAX = 30_000;

/** Every close code of the hub: its name, and whether connecting again can help. */
export const CLOSE_CODES = /** @type {Record<number, {code: string, retry: boolean}>} */ ({
  4000: { code: 'going_away', retry: true },
  4001: { code: 'heartbeat_missed', retry: true },
  4002: { code: 'write_stalled', retry: true },
  4003: { code: 'overloaded', retry: true },
  4004: { code: 'internal', retry: true },
  4100: { code: 'hello_late', retry: true },
  4101: { code: 'hello_expected', retry: false },
  4102: { code: 'version_unsupported', retry: false },
  4103: { code: 'ticket_refused', retry: true },
  4104: { code: 'device_refused', retry: false },
  4200: { code: 'sign_in_ended', retry: false },
  4201: { code: 'sign_in_expired', retry: false },
  4202: { code: 'sessions_exceeded', retry: false },
  4203: { code: 'device_revoked', retry: false },
  4300: { code: 'frame_too_large', retry: false },
  4301: { code: 'frame_malformed', retry: false },
  4302: { code: 'rate_exceeded', retry: true },
});

/** Names after which everything of this sign-in is deleted from the device. */
export const SIGN_IN_OVER = new Set(['sign_in_ended', 'sign_in_expired', 'device_refused', 'device_revoked']);

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
  const known = CLOSE_CODES[closeCode];
  if (known) return { ...known, afterMs: 0 };
  // Below 4000 it is the network; above, a newer hub that said nothing of coming back.
  return { retry: closeCode < 4000, code: closeCode < 4000 ? 'lost' : `close_${closeCode}`, afterMs: 0 };
}

/**
 * How long to wait before attempt number `attempt` (0: the first after a loss), in milliseconds: spread over the
 * whole of a bound that doubles, so that the clients of a hub that restarts do not all come back at once.
 * @param {number} attempt @param {number} random in [0, 1) @param {number} atLeastMs what the hub asked for
 */
export function pauseMs(attempt, random, atLeastMs = 0) {
  const ceiling = Math.min(PAUSE_MS_MAX, PAUSE_MS_FIRST * 2 ** Math.min(attempt, 16));
  return Math.round(atLeastMs + ceiling * random);
}
