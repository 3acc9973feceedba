// The parts of the model that are kept on the device, one record each, and the way back. `keeper.js` decides when.

/**
 * @typedef {import('./model.js').Model} Model
 * @typedef {Map<string, any>} Records
 * @typedef {{records: Records, segments: Map<string, import('./frames.js').Entry[]>, places: Map<string, {after: number, isWhole: boolean}>}} Held
 */

/** Citations whose whole rule was looked at; the last ones. */
const RULES_KEPT_MAX = 100;

/** @type {Record<string, {take: (model: Model) => any, put: (model: Model, value: any) => void}>} */
const RECORDS = {
  me: {
    take: ({ me, syncedAtMs }) => ({ me, syncedAtMs }),
    put: (model, { me, syncedAtMs }) => Object.assign(model, { me, syncedAtMs }),
  },
  patients: {
    take: (model) => (model.isSecretariat ? [] : [...model.patients.values()].filter(({ id }) => !model.emergency.opened.has(id))),
    put: (model, patients) => { model.patients = byId(patients); },
  },
  directory: {
    take: ({ organisations, people }) => ({ organisations: [...organisations.values()], people: [...people.values()] }),
    put: (model, { organisations, people }) => Object.assign(model, { organisations: byId(organisations), people: byId(people) }),
  },
  markers: {
    take: ({ markers, told }) => ({ markers: [...markers].map(([timeline, held]) => [timeline, [...held]]), told: [...told] }),
    put: (model, { markers, told }) => {
      model.markers = new Map(markers.map((/** @type {any} */ [timeline, held]) => [timeline, new Map(held)]));
      model.told = new Map(told);
      // What others have read meanwhile is asked for again.
      model.staleMarkers = new Set(model.markers.keys());
    },
  },
  duties: {
    take: ({ owing }) => ({ listed: [...owing.listed.values()], titles: [...owing.titles].filter(([, title]) => title) }),
    put: ({ owing }, { listed, titles }) => Object.assign(owing, { listed: byId(listed), titles: new Map(titles) }),
  },
  tables: {
    take: (model) => model.foreseeing?.kept ?? model.keptRules,
    put: (model, kept) => model.takeUpRules(kept),
  },
  board: {
    take: (model) => model.board?.kept ?? model.keptBoard,
    put: (model, kept) => { if (kept) model.board ? model.board.takeUp(kept) : (model.keptBoard = kept); },
  },
  rules: {
    take: ({ knownRules }) => [...knownRules].slice(-RULES_KEPT_MAX),
    put: (model, rules) => {
      model.knownRules = new Map(rules);
      for (const [asked, rule] of rules) model.rules.set(asked, Promise.resolve(rule));
    },
  },
};

/** @template {{id: string}} T @param {T[]} values */
const byId = (values) => new Map(values.map((value) => [value.id, value]));

/** @param {Model} model @param {string} record */
export const recordOf = (model, record) => RECORDS[record].take(model);

/** @param {import('./locker.js').Locker} locker @returns {Promise<Held | null>} nothing if nobody was signed in long enough */
export async function keptOf(locker) {
  const [records, segments, places] = await Promise.all([locker.readAll('records'), locker.readAll('segments'), locker.readAll('places')]);
  const held = { records: new Map(records), segments: new Map(), places: new Map(places) };
  for (const [[timeline], entries] of segments) {
    const before = held.segments.get(timeline);
    if (before) before.push(...entries);
    else held.segments.set(timeline, entries);
  }
  return held.records.has('me') ? held : null;
}

/**
 * @param {Model} model @param {Held} held
 * @param {{written: Map<string, number>, partial: Set<string>}} keeper
 */
export function putBack(model, { records, segments, places }, { written, partial }) {
  for (const [record, { put }] of Object.entries(RECORDS)) if (records.has(record)) put(model, records.get(record));
  for (const [id, { after, isWhole }] of places) {
    const timeline = model.timeline(id);
    for (const entry of segments.get(id) ?? []) timeline.apply(entry);
    if (isWhole) {
      model.hub.cursors.place(id).after = after;
      written.set(id, timeline.items.length);
    } else partial.add(id);
  }
}
