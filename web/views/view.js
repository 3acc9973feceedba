// The base of every element of the page: it shows the model, and paints again when the model says that it changed.
// Elements render into the page itself, not into shadow roots, so that labels, focus and one style sheet reach everywhere.

import { LitElement } from '../vendor/lit.js';

/** @typedef {import('../model.js').Model} Model */

export class View extends LitElement {
  static properties = { model: { attribute: false } };

  constructor() {
    super();
    /** @type {Model} */
    this.model = /** @type {any} */ (undefined);
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.unlisten = this.model.listen(() => this.isAsleep || this.requestUpdate());
  }

  /** A dialog that is closed has nothing to paint; it does so when it opens. */
  get isAsleep() {
    return false;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.unlisten?.();
  }
}
