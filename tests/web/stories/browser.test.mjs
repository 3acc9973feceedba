// The browser itself: it starts, runs scripts, notices their faults, shows Japanese text and saves what it shows.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';

const PAGE = `<!doctype html><html lang="ja"><meta charset="utf-8"><title>連携</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><h1>連携</h1><button onclick="this.textContent = '送信済み'">送信</button>`;

async function serve(t) {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(PAGE));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}

test('a visitor clicks, and the picture shows it', async (t) => {
  const url = await serve(t);
  const { openPage } = await openBrowser(t);
  const page = await openPage({ size: 'phone' });
  await page.goto(url);
  await page.getByRole('button', { name: '送信' }).click();
  await page.getByRole('button', { name: '送信済み' }).waitFor();
  assert.deepEqual(page.complaints, []);

  const picture = await readFile(await page.shot('browser-phone'));
  assert.equal(picture.subarray(1, 4).toString(), 'PNG');
  assert.deepEqual([picture.readUInt32BE(16), picture.readUInt32BE(20)], [780, 1688], 'phone pixels, two per point');
});

test('a fault in a page is a complaint', async (t) => {
  const { openPage } = await openBrowser(t);
  const page = await openPage();
  await page.setContent('<script>console.error("first"); throw new Error("second")</script>');
  assert.deepEqual(page.complaints, ['console: first', 'uncaught: second']);
});
