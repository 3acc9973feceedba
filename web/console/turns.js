// Whose turn it is in a section of the console: one piece of work after the other. What is pressed while another works waits
// for it; the same control pressed again is meant once; and what was pressed behind a work that did not go well is not done,
// because whoever pressed it believed that it would. Of controls it knows nothing but which is which.

/** @typedef {{by: object | null, begin: (comes: boolean) => void}} Turn */

export class Turns {
  constructor() {
    /** @type {Turn[]} the first is at work */
    this.line = [];
  }

  get isBusy() {
    return this.line.length > 0;
  }

  /** @param {object | null} by the control; nothing: the page itself asks @returns {boolean | Promise<boolean>} whether it is to be done, when its turn comes */
  take(by) {
    if (by && this.line.some((turn) => turn.by === by)) return false;
    /** @type {Turn} */
    const turn = { by, begin: () => {} };
    this.line.push(turn);
    return this.line.length === 1 || new Promise((resolve) => { turn.begin = resolve; });
  }

  /** The work whose turn it was has ended. @param {boolean} isWell @returns {boolean} whether something that was pressed is not done now */
  end(isWell) {
    const ended = this.line.shift();
    const left = isWell || !ended?.by ? [] : this.line.filter(({ by }) => by);
    this.line = this.line.filter((turn) => !left.includes(turn));
    for (const { begin } of left) begin(false);
    this.line[0]?.begin(true);
    return left.length > 0;
  }
}

/** What somebody pressed just now; nothing where the page itself asks. A choice counts each time: the last one is what they want. @returns {object | null} */
export function pressed() {
  const { event } = /** @type {any} */ (globalThis);
  if (!event || !(event.currentTarget instanceof Element)) return null;
  return event.type === 'change' ? {} : event.submitter ?? event.currentTarget;
}
