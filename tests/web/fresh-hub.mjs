// A region from nothing for the stories of the web client: `renkei init`, certificates, `renkei serve`, and the first
// invitation, as its operator prints it. And an authenticator app, as somebody has it on their phone.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const BINARY = process.env.RENKEI_TEST_BINARY ?? path.resolve(import.meta.dirname, '../../target/debug/renkei');
const STEP_S = 30;

/** A region with one person at its secretariat, serving with TLS, for the test `t`. `more`: further configuration, by the folder. */
export async function freshHub(t, more = async () => '') {
  const folder = await mkdtemp(path.join(tmpdir(), 'renkei-fresh-'));
  const run = async (...args) => (await promisify(execFile)(BINARY, ['--language', 'en', ...args], { cwd: folder })).stdout;
  await run('init', '--dir', folder, '--operator', '三浦 恵子', '--operator-kana', 'ミウラ ケイコ');
  await run('cert', '--dir', path.join(folder, 'certs'));
  const port = await freePort();
  const config = path.join(folder, 'renkei.toml');
  // Instead of the sample, which has every section already.
  await writeFile(config, `[listen]\naddresses = ["127.0.0.1:${port}"]\n\n[tls]\ncertificate = "certs/server.pem"\nkey = "certs/server.key"\n${await more(folder)}`);
  const invited = await run('sign-in', '--config', config, '--person', '三浦');
  let running = await serve(config);
  const stop = async () => {
    running.child.kill('SIGTERM');
    await running.ended;
  };
  t.after(async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    url: running.url,
    /** The same hub again, which remembers what is in its journal. */
    restart: async () => {
      await stop();
      running = await serve(config);
    },
    invited: { link: /https:\S+#invitation=\S+/.exec(invited)?.[0] ?? '', code: /code (\d{6})/.exec(invited)?.[1] ?? '' },
  };
}

/** @param {string} config */
async function serve(config) {
  const child = spawn(BINARY, ['serve', '--config', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let complaints = '';
  child.stderr.on('data', (bytes) => { complaints += bytes; });
  let url = '';
  for await (const line of createInterface({ input: child.stdout })) {
    url = /^ready (\S+)/.exec(line)?.[1] ?? '';
    if (url) break;
  }
  assert.ok(url, `the hub ended before it was ready: ${complaints}`);
  child.stdout.resume();
  return { url, child, ended };
}

export const PASSWORD = '雨の日は傘を二本もって行くのです';

/** Follows an invitation to its end; returns what its owner keeps. */
export async function setUp(page, { link, code }, shot) {
  await page.goto(link);
  await page.getByRole('heading', { name: '招待を受け取りました' }).waitFor();
  assert.ok(!page.url().includes('invitation='), page.url());
  await page.getByLabel('招待コード（6 桁）').fill(code);
  await page.getByRole('button', { name: '次へ' }).click();
  // Passkeys come first, where the browser knows them and the hub has a name.
  const [others, qr] = [page.getByText('パスワードと認証アプリを使う'), page.getByRole('img', { name: '認証アプリ用の QR コード' })];
  await others.or(qr).first().waitFor();
  if (await others.isVisible()) await others.click();
  await qr.waitFor();
  if (shot) await page.shot(shot, { fullPage: true });
  const [login, secret] = [await page.locator('.set-up-name b').innerText(), await page.locator('.secret').innerText()];
  await page.getByLabel('パスワード', { exact: true }).fill(PASSWORD);
  await page.getByLabel('確認コード（6 桁）').fill(shownCode(secret));
  await page.getByRole('button', { name: '設定して始める' }).click();
  return { login, secret };
}

/** What an authenticator app shows, `ahead` codes from now. @param {string} secret base32 */
export function shownCode(secret, ahead = 0) {
  const bits = [...secret.replace(/\s/g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / STEP_S) + ahead));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = mac.at(-1) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
