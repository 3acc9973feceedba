// Speech into text by the browser's own recogniser. It is offered only where the region's hub lets pages use the
// microphone and the person said yes on this device; where the browser can do it on the device itself, it does, and no
// sound leaves it. Nothing is kept of what was heard but the words.

const KEY = 'renkei.speech';

/** @typedef {{lang: string, processLocally?: boolean, continuous: boolean, interimResults: boolean, onresult: any, onend: any, onerror: any, start: () => void, stop: () => void}} Recogniser */
/** @typedef {{new (): Recogniser, available?: (asked: object) => Promise<string>}} Recognition */
/** @typedef {{SpeechRecognition?: Recognition, webkitSpeechRecognition?: Recognition, document?: any}} Browser */

/** @param {Browser} browser @returns {Recognition | undefined} */
const recognitionOf = (browser) => browser.SpeechRecognition ?? browser.webkitSpeechRecognition;

/** Whether this browser has it and the hub's `Permissions-Policy` lets this page use the microphone. @param {any} [browser] */
export function isOffered(browser = globalThis) {
  if (!recognitionOf(browser)) return false;
  const policy = browser.document?.permissionsPolicy ?? browser.document?.featurePolicy;
  return policy?.allowsFeature ? policy.allowsFeature('microphone') : true;
}

/** Whether the person agreed on this device. @param {Pick<Storage, 'getItem'>} storage */
export const isAgreed = (storage) => storage.getItem(KEY) === 'yes';
/** @param {Pick<Storage, 'setItem'>} storage */
export const agree = (storage) => storage.setItem(KEY, 'yes');

/** Whether the browser turns speech into text on this device. @param {string} language @param {any} [browser] @returns {Promise<boolean>} */
export async function staysHere(language, browser = globalThis) {
  const state = await recognitionOf(browser)?.available?.({ langs: [language], processLocally: true }).catch(() => '');
  return state === 'available';
}

/** Listens until it is stopped; tells whole phrases as they are understood. */
export class Listening {
  /** @param {{language: string, local: boolean, heard: (text: string) => void, ended: (trouble: boolean) => void, browser?: any}} doors */
  constructor({ language, local, heard, ended, browser = globalThis }) {
    const Recognition = /** @type {Recognition} */ (recognitionOf(browser));
    this.recogniser = new Recognition();
    Object.assign(this.recogniser, { lang: language, continuous: true, interimResults: false, ...(local ? { processLocally: true } : {}) });
    let trouble = false;
    this.recogniser.onresult = (/** @type {any} */ event) => {
      for (let at = event.resultIndex; at < event.results.length; at += 1) if (event.results[at].isFinal) heard(event.results[at][0].transcript.trim());
    };
    this.recogniser.onerror = () => { trouble = true; };
    this.recogniser.onend = () => ended(trouble);
    this.recogniser.start();
  }

  stop() {
    this.recogniser.stop();
  }
}
