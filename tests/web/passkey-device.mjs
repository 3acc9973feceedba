// A phone or security key for the stories of the web client: Chromium's own virtual authenticator.

/** A device that holds passkeys, at this page. `unlocks`: its owner's finger, face or PIN opens it. */
export async function deviceAt(page, unlocks = true) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
    isUserVerified: unlocks, automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
  return {
    unlocks: (isUserVerified) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    keys: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    add: (credential) => cdp.send('WebAuthn.addCredential', { authenticatorId, credential }),
    take: () => cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId }),
  };
}
