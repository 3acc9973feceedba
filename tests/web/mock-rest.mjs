// The REST calls of the web client as the mock hub answers them: [status, body].

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { RULES } from './mock-rules.mjs';
import { ORGANISATIONS, PATIENTS, PEOPLE } from './region.mjs';

/** The rules as the real hub gives them; this one's own answers are made up. */
const TABLES = JSON.parse(readFileSync(path.join(import.meta.dirname, '../golden/dry_run/0.1.0/tables.json'), 'utf8'));
const NOT_FOUND = [404, { type: 'about:blank', title: 'Not Found', status: 404, code: 'not_found', detail: { ja: '見つかりません', en: 'not found' } }];

/** A device that is rung: by its endpoint one, however often it says so. */
function ring(hub, { endpoint, wish, device }) {
  const now = new Date().toISOString();
  const bell = { id: `bell of ${endpoint}`.replace(/\W/g, '-'), device, wish, added_at: now, renewed_at: now, rung_at: null, is_this: true };
  hub.rungAt.push({ endpoint, wish, device });
  hub.bells = [bell, ...hub.bells.filter(({ id }) => id !== bell.id)];
  return bell;
}

/** @returns {[number, object]} */
export function answerRest(hub, me, method, url, asked) {
  const at = `${method} ${url.pathname.replace('/api/v1', '')}`;
  if (at === 'POST /tickets') {
    const ticket = randomUUID();
    hub.tickets.set(ticket, me);
    return [200, { ticket, expires_at: new Date(Date.now() + 30_000).toISOString() }];
  }
  if (at === 'GET /me') return [200, { person: { id: me.id, name: me.name }, role: me.role, organisation: me.organisation, expires_at: new Date(Date.now() + 28_800_000).toISOString(), idle_timeout_s: hub.idleS }];
  if (at.startsWith('POST /me/proof')) return answerProof(hub, at, asked);
  if (at === 'GET /me/sign-ins') return [200, { sign_ins: [] }];
  if (at === 'GET /me/bells') return [200, { key: hub.pushKey, bells: hub.bells, quiet_hours: hub.quietHours }];
  if (at === 'POST /me/bells') return [201, ring(hub, asked)];
  if (at === 'PUT /me/quiet-hours') {
    hub.quietHours = asked.quiet ? { from: asked.from, until: asked.until } : null;
    return [200, {}];
  }
  const silenced = /^DELETE \/me\/bells\/([^/]+)$/.exec(at);
  if (silenced) {
    hub.bells = hub.bells.filter(({ id }) => id !== silenced[1]);
    return [200, {}];
  }
  if (at === 'GET /me/passkeys') return [200, { passkeys: [], password: true }];
  if (at === 'GET /me/identities') return [200, { service: null, identities: [] }];
  if (at === 'GET /sign-in') return [200, { password_chars_min: 15, links: true, device: { demand: 'off', shown: 'nothing', expires_at: null } }];
  if (at === 'GET /me/quarantine-pass') return [200, { pass: `pass of ${me.key}` }];
  if (at === 'GET /quarantine') return [200, { posts: hub.quarantine.of(me) }];
  const kept = /^(POST|DELETE) \/quarantine\/([^/]+)/.exec(at);
  if (kept) return hub.quarantine.resolve(hub, me, kept[2], kept[1] === 'POST');
  if (at === 'GET /announcements') return [200, { announcements: hub.announcements, may_write: false }];
  if (at === 'GET /groups') return [200, { groups: hub.groups, may_make: false }];
  if (at === 'GET /trainings') return [200, { trainings: hub.trainings }];
  const noted = /^POST \/announcements\/([^/]+)\/receipt$/.exec(at);
  if (noted) {
    hub.announcements = hub.announcements.map((one) => (one.id === noted[1] ? { ...one, read_at: new Date().toISOString() } : one));
    return [204, {}];
  }
  if (at === 'GET /pledges') return [200, { timeline: me.organisation.id, owed: [] }];
  if (at === 'GET /organisations') return [200, { organisations: ORGANISATIONS }];
  const page = /^GET \/timelines\/([^/]+)\/entries$/.exec(at);
  if (page) {
    const [after, limit] = ['after', 'limit'].map((name) => Number(url.searchParams.get(name)));
    const looked = hub.journal.entries(page[1]).slice(after, after + limit);
    hub.pages.push({ after, limit });
    return [200, { entries: looked.filter((entry) => hub.journal.maySee(me, entry)), through: after + looked.length, more: after + limit < hub.journal.entries(page[1]).length }];
  }
  const office = /^GET \/organisations\/([^/]+)\/office$/.exec(at);
  if (office) return [200, { contact: null, on_duty: null, pledged: false, ...hub.offices.get(office[1]) }];
  if (at === 'GET /people') return [200, { people: PEOPLE.map(({ id, name, role, organisation }) => ({ id, name, positions: [{ role, organisation: organisation.id }] })) }];
  if (at === 'GET /patients') return [200, { patients: patients(hub, me, url.searchParams), ...(hub.unreadable ? { unreadable: hub.unreadable } : {}) }];
  if (at === 'POST /emergency-search') {
    const found = PATIENTS.filter(({ name, birth_date }) => [name.kanji, name.kana].includes(asked.name) && birth_date === asked.birth_date);
    return [200, { patients: found.map(({ id, name, birth_date }) => ({ id, name, birth_date })) }];
  }
  const declared = /^POST \/timelines\/([^/]+)\/entries$/.exec(at);
  if (declared && asked.body?.emergencyAccess) return declare(hub, me, declared[1], asked);
  const opened = /^GET \/patients\/([^/]+)$/.exec(at);
  if (opened && hub.journal.openedUntil(me, opened[1])) {
    const { id, name, birth_date, sex } = hub.journal.patient(opened[1]);
    return [200, { id, name, birth_date, sex, emergency_access_until: new Date(hub.journal.openedUntil(me, id)).toISOString() }];
  }
  if (at === 'DELETE /me') {
    hub.ended.push(me.key);
    return [200, {}];
  }
  if (at === 'GET /audit/exposures') {
    hub.lookedUp.push([me.key, url.searchParams.get('patient')]);
    return [200, { lines: hub.exposed, taken_out: hub.takenOut ?? [], patients: [], more: false }];
  }
  if (at === 'GET /duties') return [200, { duties: hub.listed, next: null }];
  if (at === 'GET /rulebook/tables') return [200, TABLES];
  const cited = /^GET \/rulebook\/citations\/([^/]+)$/.exec(at);
  if (cited) return ruleBehind(decodeURIComponent(cited[1]), url.searchParams.get('at'));
  const markers = /^GET \/timelines\/([^/]+)\/read-markers$/.exec(at);
  if (markers) {
    const held = hub.journal.markers.get(markers[1]) ?? new Map();
    return [200, { markers: [...held].map(([person, { through, atMs }]) => ({ person, through, at: new Date(atMs).toISOString() })) }];
  }
  return NOT_FOUND;
}

/** By password alone; in the demo nobody has any. */
function answerProof(hub, at, asked) {
  if (!hub.proof) return NOT_FOUND;
  if (at === 'POST /me/proof/options') return [200, { passkey: null, password: true, outside: null }];
  const isRight = asked.password === hub.proof.password && asked.code === hub.proof.code;
  if (isRight) return [200, { until: new Date(Date.now() + 600_000).toISOString() }];
  return [401, { type: 'about:blank', title: 'Unauthorized', status: 401, code: 'sign_in_refused', detail: { ja: 'パスワードか確認コードが違います', en: 'password or code is wrong' } }];
}

function declare(hub, me, timeline, { id, body }) {
  hub.journal.opened.set(`${me.id} ${timeline}`, Date.now() + body.emergencyAccess.minutes * 60_000);
  const entry = hub.journal.append(timeline, hub.journal.actor(me.key), Date.now(), { id, body });
  return [201, { id, timeline, seq: entry.seq, recordedAtUs: entry.recordedAtUs }];
}

/** @param {string} citation @param {string | null} at */
function ruleBehind(citation, at) {
  const rules = {
    'SH-1': [{ ja: '担当者はチームに書ける', en: 'Members post to their team' }, { ja: '紐付けられた担当者の投稿は、チームが見ます。', en: 'What linked members post, their team sees.' }, 'permit'],
    'SH-7': [{ ja: '点滴の指示は医師', en: 'Drips are ordered by doctors' }, { ja: '点滴の指示は医師だけが投稿できます。', en: 'Only doctors post orders for drips.' }, 'forbid'],
  };
  const etiquette = RULES[citation.split('@')[0]];
  const text = ([ja, en]) => ({ ja, en });
  const [title, reason, effect] = etiquette ? [text(etiquette.title), text(etiquette.says), etiquette.kind] : (rules[citation.split('@')[0]] ?? []);
  if (!title) return NOT_FOUND;
  const set = { id: 'share', version: '3', title: { ja: '共有のきまり', en: 'Sharing rules' }, layer: 'sharing', status: 'agreed', effective: '2026-04-01', agreed_by: [{ body: 'みなと医師会', role: 'doctor', on: '2026-03-20' }],
    stage: 'in_force', stage_label: at ? { ja: '受付のとき施行中：2026-04-01から', en: 'in force at receipt, from 2026-04-01' } : { ja: '施行中：2027-04-01から', en: 'in force from 2027-04-01' } };
  return [200, { id: citation.split('@')[0], citation, title, reason, strength: { code: 'must', ja: '守るべきこと' }, origin: { code: 'proposal', ja: '案' }, effect: { code: effect, ja: '' }, view: [], post: [], set, in_force: true }];
}

function patients(hub, me, query) {
  const mine = hub.journal.timelinesOf(me);
  const wanted = (query.get('q') ?? '').replace(/\s/g, '');
  return PATIENTS.filter(({ id, name, birth_date }) => mine.includes(id)
    && (!wanted || [name.kanji, name.kana].some((one) => one.replace(/\s/g, '').includes(wanted)))
    && (!query.get('birth_date') || query.get('birth_date') === birth_date));
}
