// Runs before all else and imports nothing: asks for the modules of the view that comes, which the browser would find one
// after the other otherwise, and, where somebody is signed in, for who that is and for their patients. What both views need
// stands in `index.html`; a test compares the lists with the imports. It guesses as `app.js` decides; a wrong guess costs time.

const DOOR = [
  '/door-phrases.js', '/enrolment.js', '/entrance.js', '/passkeys.js', '/views/door.js', '/views/enrolment.js', '/views/sign-in.js',
];
const INSIDE = [
  '/agreeing.js', '/closing.js', '/console/address.js', '/cursors.js', '/duties.js', '/emergency.js', '/fold.js', '/hub.js', '/inside.js', '/keeper.js',
  '/kept.js', '/lock.js', '/locker.js', '/mentions.js', '/model.js', '/need.js', '/needs.js', '/offices.js', '/outbox.js', '/owing.js', '/place.js', '/pledging.js',
  '/quarantined.js', '/readings.js', '/shelf.js', '/starting.js', '/steady.js', '/timeline.js', '/turn.js', '/uuid.js', '/vendor/idb.js',
  '/views/coming.js', '/views/connection.js', '/views/emergency-marks.js', '/views/fetching.js', '/views/leaving.js',
  '/views/passkey-alarms.js', '/views/patients.js', '/views/shell.js', '/views/view.js',
];

const TIMELINE = [
  '/acts.js', '/attachment-phrases.js', '/gist.js', '/parts.js', '/reached.js', '/sheets.js', '/views/address-mark.js', '/views/behalf.js', '/views/bodies.js', '/views/duty-words.js',
  '/views/duty.js', '/views/entries.js', '/views/entry.js', '/views/files.js', '/views/patient.js', '/views/quote.js', '/views/ruling.js',
  '/views/sheet.js', '/views/written.js', '/window.js',
];

const { hash } = window.location;
const token = sessionStorage.getItem('renkei.token');
const isInvited = /[#&](invitation|enrolment|oidc)=/.test(hash) || ['renkei.invitation', 'renkei.enrolment'].some((key) => sessionStorage.getItem(key));
const isNewcomer = /[#&]token=/.test(hash);
const isKnown = Boolean(token || localStorage.getItem('renkei.signed_in'));
const goesInside = (isKnown || isNewcomer) && !isInvited;

/** Answers that are on their way before `rest.js` is there to ask; `app.js` hands each to it once. @type {Map<string, Promise<Response>>} */
const asked = new Map();
/** @param {string} path as `rest.js` asks it */
function ask(path) {
  const answer = fetch(path, {
    headers: { ...(token ? { authorization: `Bearer ${token}` } : { 'renkei-client': 'page' }), accept: 'application/json, */*;q=0.5' },
    cache: 'no-store',
    credentials: token ? 'omit' : 'same-origin',
    signal: AbortSignal.timeout(15_000),
  });
  answer.catch(() => {});
  asked.set(path, answer);
  return answer;
}

/** Who this is, and then their patients: the secretariat and whoever has a pledge to give are asked first. */
async function askInside() {
  const answer = await ask('/api/v1/me');
  const { role, pledges_first: pledgesFirst } = answer.ok ? await answer.clone().json() : { role: 'secretariat' };
  if (role !== 'secretariat' && !pledgesFirst) await ask('/api/v1/patients?mine=true');
}

// Answers come in the order in which they were asked for. Of a link that is followed nobody knows yet whose it is.
if (isKnown && goesInside && !isNewcomer) {
  /** @type {any} */ (globalThis).renkeiAsked = asked;
  askInside().catch(() => {});
}
/** @param {string[]} modules */
const preload = (modules) => document.head.append(...modules.map((href) => Object.assign(document.createElement('link'), { rel: 'modulepreload', href })));
preload(goesInside ? INSIDE : DOOR);
if (hash.startsWith('#/patients/')) preload(TIMELINE);
// The line is narrow: what is needed second must not stand before what is needed first.
else window.addEventListener('renkei-list', () => preload(TIMELINE), { once: true });
