// What the rules' part asks of the hub, with a hub that is made up: which version decides, and the files it is made of.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RulesRest } from '../../../web/console/rules-rest.js';

/** A REST interface that answers from a table, and notes what was asked. */
function hub(answers) {
  const asked = [];
  const call = async (method, path, body) => {
    asked.push([method, path, body]);
    const answer = answers[`${method} ${path}`];
    if (answer instanceof Error) throw answer;
    return answer ?? {};
  };
  return { asked, rest: new RulesRest(/** @type {any} */ ({ call })) };
}

const refused = (status) => Object.assign(new Error(), { status });

test('the version in force decides, unless the configuration does', async () => {
  const versions = [{ id: 'a', stage: 'draft' }, { id: 'b', stage: 'in_force' }, { id: 'c', stage: 'retired' }];
  assert.equal(await hub({ 'GET /rulebooks': { configured: false, versions } }).rest.versionInForce(), 'b');
  assert.equal(await hub({ 'GET /rulebooks': { configured: true, versions } }).rest.versionInForce(), '');
  assert.equal(await hub({ 'GET /rulebooks': { configured: false, versions: [] } }).rest.versionInForce(), '');
});

test('files that the hub does not give are none; a hub that cannot be reached is trouble', async () => {
  assert.equal(await hub({ 'GET /rulebook/files': refused(404) }).rest.filesInForce(), null);
  assert.deepEqual(await hub({ 'GET /rulebook/files': { files: [] } }).rest.filesInForce(), []);
  await assert.rejects(hub({ 'GET /rulebook/files': refused(0) }).rest.filesInForce());
});

test('a draft is handed in in the order in which the hub keeps files', async () => {
  const { asked, rest } = hub({});
  await rest.draft('案', ['vocabulary.toml', 'floor.toml', 'sharing.toml'].map((name) => ({ name, text: '' })));
  assert.deepEqual(asked[0][2].files.map(({ name }) => name), ['floor.toml', 'sharing.toml', 'vocabulary.toml']);
});

test('conditions that are not set are not asked for', async () => {
  const { asked, rest } = hub({});
  await rest.audit({ patient: 'p', person: '', kind: '', limit: '50' });
  assert.equal(asked[0][1], '/audit?patient=p&limit=50');
});

test('the audit log is taken out with the reason, which is in no address', async () => {
  const asked = [];
  const fetch = async (method, path, _limit, body) => {
    asked.push([method, path, body]);
    return { blob: async () => 'lines' };
  };
  const rest = new RulesRest(/** @type {any} */ ({ fetch }));
  assert.equal(await rest.exportAudit({ format: 'csv', reason: '年次の監査', patient: '', kind: 'read' }), 'lines');
  assert.deepEqual(asked, [['POST', '/audit/export', { format: 'csv', reason: '年次の監査', kind: 'read' }]]);
});
