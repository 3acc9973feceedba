// Another service by which people sign in (OpenID Connect), for the stories of the web client: a page with one button, codes that
// count once, tokens signed with its own key.

import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';

const CLIENT = 'renkei';
export const SECRET = 'only for this story';

const text = (bytes) => Buffer.from(bytes).toString('base64url');

/** A service for the test `t`. `known`: whom it lets in, and by which factors. */
export async function openProvider(t, known = { sub: '248289761001', amr: ['pwd', 'otp'] }) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'ES256' }] };
  const codes = new Map();
  let issuer = '';
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, issuer);
    const json = (body, status = 200) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname === '/.well-known/openid-configuration') {
      return json({ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys` });
    }
    if (url.pathname === '/keys') return json(keys);
    if (url.pathname === '/authorize') {
      const asked = Object.fromEntries(url.searchParams);
      const code = randomUUID();
      codes.set(code, asked);
      const back = `${asked.redirect_uri}?${new URLSearchParams({ code, state: asked.state })}`;
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      return response.end(`<!doctype html><html lang="ja"><title>みなと病院</title><h1>みなと病院</h1><a href="${back.replaceAll('&', '&amp;')}">職員としてログイン</a>`);
    }
    if (url.pathname === '/token') return json(...token(new URLSearchParams(await bodyOf(request)), request.headers.authorization ?? ''));
    return response.writeHead(404).end();
  });
  function token(form, authorization) {
    const asked = codes.get(form.get('code'));
    codes.delete(form.get('code'));
    const isHub = authorization === `Basic ${Buffer.from(`${CLIENT}:${SECRET.replaceAll(' ', '%20')}`).toString('base64')}`;
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    if (!asked || !isHub || challenge !== asked.code_challenge) return [{ error: 'invalid_grant' }, 400];
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: CLIENT, iat: now, exp: now + 300, auth_time: now, nonce: asked.nonce, ...known };
    const signed = `${text(JSON.stringify({ alg: 'ES256', kid: 'k1', typ: 'JWT' }))}.${text(JSON.stringify(claims))}`;
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return [{ access_token: 'not used', token_type: 'Bearer', id_token: `${signed}.${text(signature)}` }];
  }
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${server.address().port}`;
  t.after(() => new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  }));
  return {
    issuer,
    /** Lets somebody else in from now on, or by other factors. */
    knows: (changed) => { known = { ...known, ...changed }; },
  };
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}
