// The REST calls of the web client as the mock hub answers them: [status, body].

import { randomUUID } from 'node:crypto';
import { ORGANISATIONS, PATIENTS, PEOPLE } from './region.mjs';

const NOT_FOUND = [404, { type: 'about:blank', title: 'Not Found', status: 404, code: 'not_found', detail: { ja: '見つかりません', en: 'not found' } }];

/** @returns {[number, object]} */
export function answerRest(hub, me, method, url) {
  const at = `${method} ${url.pathname.replace('/api/v1', '')}`;
  if (at === 'POST /tickets') {
    const ticket = randomUUID();
    hub.tickets.set(ticket, me);
    return [200, { ticket, expires_at: new Date(Date.now() + 30_000).toISOString() }];
  }
  if (at === 'GET /me') return [200, { person: { id: me.id, name: me.name }, role: me.role, organisation: me.organisation, expires_at: new Date(Date.now() + 28_800_000).toISOString() }];
  if (at === 'GET /organisations') return [200, { organisations: ORGANISATIONS }];
  if (at === 'GET /people') return [200, { people: PEOPLE.map(({ id, name, role, organisation }) => ({ id, name, positions: [{ role, organisation: organisation.id }] })) }];
  if (at === 'GET /patients') return [200, { patients: patients(hub, me, url.searchParams) }];
  const markers = /^GET \/timelines\/([^/]+)\/read-markers$/.exec(at);
  if (markers) {
    const held = hub.journal.markers.get(markers[1]) ?? new Map();
    return [200, { markers: [...held].map(([person, { through, atMs }]) => ({ person, through, at: new Date(atMs).toISOString() })) }];
  }
  return NOT_FOUND;
}

function patients(hub, me, query) {
  const mine = hub.journal.timelinesOf(me);
  const wanted = (query.get('q') ?? '').replace(/\s/g, '');
  return PATIENTS.filter(({ id, name, birth_date }) => mine.includes(id)
    && (!wanted || [name.kanji, name.kana].some((one) => one.replace(/\s/g, '').includes(wanted)))
    && (!query.get('birth_date') || query.get('birth_date') === birth_date));
}
