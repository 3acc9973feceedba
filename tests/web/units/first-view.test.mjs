// What is fetched before the page can be used: as little as it needs, all of it at once, and nothing that only a later view
// wants. Sizes, not times: these hold on any machine.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { WRITTEN_KINDS } from '../../../web/acts.js';
import { FORMS } from '../../../web/forms.js';

/** "At most 150 kB compressed", for whoever is signed in and for whoever is not. */
const FIRST_VIEW_BYTES_MAX = 150_000;
/** The same with the timeline, which comes once the list can be used. */
const WITH_TIMELINE_BYTES_MAX = 164_000;

const WEB = path.resolve(import.meta.dirname, '../../../web');
const textOf = (/** @type {string} */ file) => readFileSync(path.join(WEB, file), 'utf8');
const packedBytes = (/** @type {string} */ file) => gzipSync(readFileSync(path.join(WEB, file)), { level: 9 }).length;

/** The module and all that it imports before it runs. */
function graphOf(/** @type {string} */ root, seen = new Set()) {
  if (seen.has(root)) return seen;
  seen.add(root);
  const imports = textOf(root).matchAll(/^(?:import|export)\s+(?:[\w*{][^'"();=]*?from\s*)?'(\.{1,2}\/[^']+)'/gm);
  for (const [, from] of imports) graphOf(path.join(path.dirname(root), from), seen);
  return seen;
}

const PAGE = textOf('index.html');
const named = (/** @type {string} */ rel) => [...PAGE.matchAll(new RegExp(`<link rel="${rel}" href="/([^"]+)"`, 'g'))].map(([, href]) => href);
const early = (/** @type {string} */ list) => {
  const [, paths] = /** @type {RegExpExecArray} */ (new RegExp(`const ${list} = \\[([^\\]]*)\\]`).exec(textOf('early.js')));
  return [...paths.matchAll(/'\/([^']+)'/g)].map(([, file]) => file);
};

const app = graphOf('app.js');
const list = new Set([...app, ...graphOf('inside.js')]);
const views = { DOOR: new Set([...app, ...graphOf('views/door.js')]), INSIDE: new Set([...list, ...graphOf('views/patient.js')]) };

test('the modules of both views are asked for by the page, those of one by its list, and no other is', () => {
  const both = [...views.DOOR].filter((file) => views.INSIDE.has(file) && file !== 'app.js');
  assert.deepEqual(named('modulepreload').toSorted(), both.toSorted(), 'modulepreload in index.html');
  const rest = (/** @type {Iterable<string>} */ modules) => [...modules].filter((file) => !both.includes(file) && file !== 'app.js').toSorted();
  assert.deepEqual(early('DOOR').toSorted(), rest(views.DOOR), 'DOOR in early.js');
  assert.deepEqual(early('INSIDE').toSorted(), rest(list), 'INSIDE in early.js');
  assert.deepEqual(early('TIMELINE').toSorted(), rest(views.INSIDE).filter((file) => !list.has(file)), 'TIMELINE in early.js');
  assert.deepEqual([...graphOf('early.js')], ['early.js'], 'it waits for nothing');
});

test('neither first view is larger than 150 kB compressed, nor much more with the timeline', () => {
  const beside = ['index.html', 'early.js', ...named('stylesheet'), ...named('icon'), ...named('manifest')];
  assert.ok(beside.every((file) => existsSync(path.join(WEB, file))) && named('stylesheet').length > 3);
  const sizes = /** @type {const} */ ([['DOOR', views.DOOR, FIRST_VIEW_BYTES_MAX], ['the list', list, FIRST_VIEW_BYTES_MAX], ['with the timeline', views.INSIDE, WITH_TIMELINE_BYTES_MAX]]);
  for (const [view, modules, max] of sizes) {
    const bytes = [...modules, ...beside].reduce((sum, file) => sum + packedBytes(file), 0);
    assert.ok(bytes <= max, `${view}: ${bytes} bytes`);
  }
});

test('later parts, and those of other people, are in neither', () => {
  const later = ['views/later.js', 'views/composer.js', 'views/graphs.js', 'views/account.js', 'later-phrases.js', 'forms.js', 'paper.js',
    'search.js', 'alerts.js', 'installing.js', 'views/console/console.js', 'views/visiting/visits.js', 'vendor/uplot.js'];
  for (const file of later) {
    assert.ok(existsSync(path.join(WEB, file)), file);
    for (const [view, modules] of Object.entries(views)) assert.ok(!modules.has(file), `${file} in ${view}`);
  }
  assert.ok(!views.DOOR.has('model.js') && !views.INSIDE.has('views/sign-in.js'));
});

test('what a view says was fetched with it', () => {
  const keysOf = (/** @type {string} */ file) => [...textOf(file).matchAll(/^  (\w+): \[/gm)].map(([, key]) => key);
  const [first, door, laterOn] = ['phrases.js', 'door-phrases.js', 'later-phrases.js'].map(keysOf);
  assert.ok(first.length > 300 && door.length > 30 && laterOn.length > 200);
  const said = (/** @type {Set<string>} */ modules) => new Set([...modules].flatMap((file) => [...textOf(file).matchAll(/\bsay\(([^)]*)\)/g)])
    .flatMap(([, given]) => [...given.matchAll(/'(\w+)'/g)].map(([, key]) => key)));
  assert.ok(said(views.INSIDE).size > 100 && said(views.DOOR).size > 30);
  for (const modules of Object.values(views)) assert.deepEqual(laterOn.filter((key) => said(modules).has(key)), []);
  assert.deepEqual(door.filter((key) => said(views.INSIDE).has(key)), []);
});

test('the kinds that the first view offers to write are those that have a form', () => {
  assert.deepEqual(WRITTEN_KINDS, Object.fromEntries(Object.entries(FORMS).map(([kind, { link }]) => [kind, link ?? ''])));
});
