// Posts in quarantine as the secretariat looks after them: whose they are, whether their authors can still send them, and
// which of them somebody else may.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { OBSERVATIONS, byAuthor, endsSoon, whereaboutsOf } from '../../../web/console/held-back.js';
import { QuarantinedPosts } from '../../../web/quarantined.js';

const KINDS = path.resolve(import.meta.dirname, '../../../src/domain/kind.rs');
const post = (id, person, until, more = {}) => ({ id, person, role: 'nurse', organisation: 'station', written_at: until, expires_at: until, kind: 'note', ...more });

test('what the secretariat may send is what the hub counts as seen', () => {
  const [, listed] = /fn is_observation\(self\) -> bool \{\s*matches!\(\s*self,([^)]*)\)/.exec(readFileSync(KINDS, 'utf8'));
  const kinds = [...listed.matchAll(/Self::(\w+)/g)].map(([, name]) => name.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase());
  assert.deepEqual([...OBSERVATIONS].toSorted(), kinds.toSorted());
});

test('posts stand with their author in one role, those that end first in front', () => {
  const posts = [post('1', 'sato', '2026-12-20T00:00:00Z'), post('2', 'ito', '2026-12-10T00:00:00Z'), post('3', 'sato', '2026-12-05T00:00:00Z'), post('4', 'sato', '2026-12-30T00:00:00Z', { role: 'care_manager' })];
  assert.deepEqual(byAuthor(posts).map(({ person, role, posts: theirs }) => [person, role, ...theirs.map(({ id }) => id)]),
    [['sato', 'nurse', '3', '1'], ['ito', 'nurse', '2'], ['sato', 'care_manager', '4']]);
  const now = Date.parse('2026-12-02T12:00:00Z');
  assert.deepEqual(posts.map((one) => endsSoon(one, now)), [false, false, true, false]);
});

test('whoever no longer works in that role cannot send them, whoever does is here or away', () => {
  const [author] = byAuthor([post('1', 'sato', '2026-12-20T00:00:00Z')]);
  const works = { id: 'sato', name: { kanji: '', kana: '' }, active: true, positions: [{ role: 'nurse', organisation: 'station' }] };
  const account = (...signIns) => ({ login: 'sato', is_set_up: true, invited_until: null, sign_ins: signIns });
  const signIn = { id: '1', used_at: '2026-12-01T00:00:00Z' };
  const where = (person, its, me = 'desk') => whereaboutsOf(author, me, person, its);
  assert.equal(where(works, account(signIn)), 'here');
  assert.equal(where(works, account()), 'away');
  assert.equal(where(works, null), 'unknown');
  assert.equal(where(undefined, account()), 'gone', 'not in the directory');
  assert.equal(where({ ...works, active: false }, account(signIn)), 'gone', 'suspended');
  assert.equal(where({ ...works, positions: [{ role: 'nurse', organisation: 'other' }] }, account(signIn)), 'gone', 'elsewhere now');
  assert.equal(where(works, account(signIn), 'sato'), 'own');
});

test('a hub that does not answer leaves what was known, and says so to whoever asks it', async () => {
  let painted = 0;
  const rest = { quarantined: async () => ({ posts: [post('2', 'sato', '2026-12-20T00:00:00Z'), post('1', 'desk', '2026-12-10T00:00:00Z')] }) };
  const quarantined = new QuarantinedPosts({ rest, myId: 'desk', changed: () => { painted += 1; } });
  await quarantined.ask();
  assert.deepEqual([quarantined.posts.map(({ id }) => id), quarantined.mine.map(({ id }) => id)], [['1', '2'], ['1']]);
  rest.quarantined = async () => { throw new Error('out of reach'); };
  await assert.rejects(quarantined.ask());
  await quarantined.look();
  assert.equal(quarantined.posts.length, 2);
  assert.ok(painted >= 2);
});
