// Runs before all else and imports nothing: asks for the modules of the view that comes, which the browser would find one
// after the other otherwise. What both views need stands in `index.html`; a test compares the lists with the imports. It
// guesses as `app.js` decides; a wrong guess costs time, and nothing else.

const DOOR = [
  '/door-phrases.js', '/enrolment.js', '/entrance.js', '/passkeys.js', '/views/door.js', '/views/enrolment.js', '/views/sign-in.js',
];
const INSIDE = [
  '/acts.js', '/closing.js', '/console/sections.js', '/cursors.js', '/duties.js', '/emergency.js', '/fold.js', '/gist.js', '/hub.js',
  '/inside.js', '/keeper.js', '/kept.js', '/locker.js', '/mentions.js', '/model.js', '/need.js', '/needs.js', '/offices.js', '/outbox.js',
  '/owing.js', '/parts.js', '/pledging.js', '/quarantined.js', '/readings.js', '/sheets.js', '/shelf.js', '/starting.js', '/steady.js',
  '/timeline.js', '/turn.js', '/uuid.js', '/vendor/idb.js', '/views/bodies.js', '/views/calling.js', '/views/coming.js',
  '/views/connection.js', '/views/duty-words.js', '/views/duty.js', '/views/emergency-marks.js', '/views/entries.js', '/views/entry.js',
  '/views/files.js', '/views/leaving.js', '/views/mention-list.js', '/views/passkey-alarms.js', '/views/patient.js', '/views/patients.js',
  '/views/quote.js', '/views/ruling.js', '/views/sheet.js', '/views/shell.js', '/views/team.js', '/views/view.js', '/views/written.js',
  '/window.js',
];

const { hash } = window.location;
const isInvited = /[#&](invitation|enrolment|oidc)=/.test(hash) || ['renkei.invitation', 'renkei.enrolment'].some((key) => sessionStorage.getItem(key));
const isKnown = /[#&]token=/.test(hash) || sessionStorage.getItem('renkei.token') || localStorage.getItem('renkei.signed_in');
for (const href of isKnown && !isInvited ? INSIDE : DOOR) {
  document.head.append(Object.assign(document.createElement('link'), { rel: 'modulepreload', href }));
}
