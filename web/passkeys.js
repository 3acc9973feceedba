// Passkeys as the browser makes and shows them: the hub's JSON in, the standard's JSON out. What the device does (finger,
// face, PIN) is between it and its owner.

/** @param {string} text base64url */
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));

/** @param {ArrayBuffer | null | undefined} buffer */
const text = (buffer) => (buffer ? btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '') : undefined);

/** Whether this browser knows passkeys, on a page that may use them. */
export const knowsPasskeys = () => typeof window.PublicKeyCredential === 'function' && Boolean(navigator.credentials);

/** Nobody unlocked the device, it has no passkey, or it cannot make one: browsers do not say which. */
export class NoPasskey extends Error {
  /** @param {'passkey_none' | 'passkey_held'} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** @param {any} options @param {string} list */
const listed = (options, list) => (options[list] ?? []).map((/** @type {any} */ one) => ({ ...one, id: bytes(one.id) }));

/** @param {any} options of the hub @returns {Promise<object>} what the device made */
export async function makePasskey(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: listed(options, 'excludeCredentials'),
  };
  /** @type {any} */
  const made = await navigator.credentials.create({ publicKey }).catch((error) => {
    throw new NoPasskey(error.name === 'InvalidStateError' ? 'passkey_held' : 'passkey_none');
  });
  if (!made) throw new NoPasskey('passkey_none');
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    response: {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports?.() ?? [],
    },
  };
}

/** @param {any} options of the hub @returns {Promise<object>} what the device signed */
export async function showPasskey(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: listed(options, 'allowCredentials') };
  /** @type {any} */
  const shown = await navigator.credentials.get({ publicKey }).catch(() => {
    throw new NoPasskey('passkey_none');
  });
  if (!shown) throw new NoPasskey('passkey_none');
  return {
    id: shown.id,
    rawId: text(shown.rawId),
    type: shown.type,
    response: {
      clientDataJSON: text(shown.response.clientDataJSON),
      authenticatorData: text(shown.response.authenticatorData),
      signature: text(shown.response.signature),
      userHandle: text(shown.response.userHandle) ?? null,
    },
  };
}
