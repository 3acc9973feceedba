// A device fetches its certificate: by a link and a code told apart from it, once. And the file of a certificate, saved where
// the system's own installer finds it. The step of `entrance.js` that needs no account.

/** @typedef {{device: string, pkcs12: string, passphrase: string, expires_at: string}} Bundle */

const KEPT_MS = 60_000;

/** Saves the file of a certificate. @param {Bundle} bundle */
export function saveBundle({ device, pkcs12 }) {
  const bytes = Uint8Array.from(atob(pkcs12), (c) => c.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: 'application/x-pkcs12' }));
  const name = `${device.replace(/[\\/:*?"<>|\s]+/g, '-')}.p12`;
  Object.assign(document.createElement('a'), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

/** How far a device is on its way to a certificate. */
export class Enrolment {
  /** @param {import('./rest.js').Rest} rest @param {string} token from the link */
  constructor(rest, token) {
    this.rest = rest;
    this.token = token;
    this.code = '';
    /** @type {{device: string, organisation: string} | null} */
    this.opened = null;
    /** @type {Bundle | null} */
    this.bundle = null;
  }

  /** @param {string} code told apart from the link */
  async open(code) {
    this.opened = await this.rest.openEnrolment({ enrolment: this.token, code });
    this.code = code;
  }

  /** Uses the link up. */
  async fetch() {
    this.bundle = await this.rest.acceptEnrolment({ enrolment: this.token, code: this.code });
    saveBundle(this.bundle);
  }
}
