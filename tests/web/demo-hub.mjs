// The real hub for the stories of the web client: `renkei demo` as a newcomer starts it, killed, frozen and started again
// by the story. The binary is the one the Rust tests were built with.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const ROOT = path.resolve(import.meta.dirname, '../..');
const BINARY = process.env.RENKEI_TEST_BINARY ?? path.join(ROOT, 'target/debug/renkei');
/** Minutes of the invented day per second: so slow that nothing happens while a story looks. */
export const STANDING_STILL = '0.001';

/** A demo region in a folder of its own for the test `t`, with TLS, not started yet. */
export async function demoHub(t, speed) {
  assert.ok(existsSync(BINARY), `${BINARY} is not there: cargo build makes it`);
  const folder = await mkdtemp(path.join(tmpdir(), 'renkei-demo-'));
  const hub = new DemoHub(folder, await freePort(), speed);
  t.after(async () => {
    await hub.kill();
    await rm(folder, { recursive: true, force: true });
  });
  return hub;
}

class DemoHub {
  constructor(folder, port, speed) {
    this.folder = folder;
    this.arguments = ['demo', '--listen', `127.0.0.1:${port}`, '--data', folder, '--speed', speed];
    /** Sign-in links by role, as the demo prints them. */
    this.links = new Map();
  }

  /** Starts the hub and waits until it is ready and has said who may sign in. */
  async start() {
    this.child = spawn(BINARY, this.arguments, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
    let complaints = '';
    this.child.stderr.on('data', (bytes) => { complaints += bytes; });
    this.links.clear();
    for await (const line of createInterface({ input: this.child.stdout })) {
      const link = /\(([a-z ]+)\).* (https:\S+#token=\S+)$/.exec(line);
      if (link) this.links.set(link[1], link[2]);
      if (this.links.has('doctor') && this.links.has('nurse') && this.links.has('family')) break;
    }
    assert.ok(this.links.has('family'), `the demo ended before it was ready: ${complaints}`);
    this.child.stdout.resume();
  }

  /** As if the power went: nothing is closed, nothing is said. */
  async kill() {
    this.child?.kill('SIGKILL');
    await this.ended;
  }

  /** As whoever runs the machine, beside the running hub. @param {string[]} command */
  async operate(...command) {
    return (await promisify(execFile)(BINARY, [...command, '--data', this.folder])).stdout;
  }

  /** Connections stay open and nothing comes through them, as when a network swallows everything. */
  freeze() {
    this.child.kill('SIGSTOP');
  }

  thaw() {
    this.child.kill('SIGCONT');
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
