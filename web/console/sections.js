// The sections of the console: each is an element `renkei-console-ID`, fetched when somebody opens it first. What an address
// says of them is read in `address.js`, which the first view needs.

/**
 * @typedef {object} Section
 * @property {string} id
 * @property {keyof typeof import('./phrases.js').PHRASES} title
 * @property {Parameters<typeof import('../views/icons.js').icon>[0]} icon
 * @property {'daily' | 'region'} group
 * @property {() => Promise<unknown>} load
 */

/** What another part brings: until then the import fails, and the page says so. @param {string} id */
const other = (id) => () => import(`../views/console/${id}.js`);

/** @type {Section[]} */
export const SECTIONS = [
  { id: 'home', title: 'section_home', icon: 'home', group: 'daily', load: () => import('../views/console/home.js') },
  { id: 'patients', title: 'section_patients', icon: 'heart', group: 'daily', load: () => import('../views/console/patients.js') },
  { id: 'queue', title: 'section_queue', icon: 'wait', group: 'daily', load: () => import('../views/console/queue.js') },
  { id: 'quarantine', title: 'section_quarantine', icon: 'hand', group: 'daily', load: () => import('../views/console/quarantine.js') },
  { id: 'offices', title: 'section_offices', icon: 'office', group: 'daily', load: () => import('../views/console/offices.js') },
  { id: 'announcements', title: 'section_announcements', icon: 'board', group: 'daily', load: () => import('../views/console/announcements.js') },
  { id: 'groups', title: 'section_groups', icon: 'team', group: 'daily', load: () => import('../views/console/groups.js') },
  { id: 'emergency', title: 'section_emergency', icon: 'alarm', group: 'daily', load: () => import('../views/console/emergency.js') },
  { id: 'exports', title: 'section_exports', icon: 'leave', group: 'daily', load: () => import('../views/console/exports.js') },
  { id: 'rules', title: 'section_rules', icon: 'gavel', group: 'region', load: other('rules') },
  { id: 'compliance', title: 'section_compliance', icon: 'check', group: 'region', load: other('compliance') },
  { id: 'statistics', title: 'section_statistics', icon: 'chart', group: 'region', load: other('statistics') },
  { id: 'trainings', title: 'section_trainings', icon: 'team', group: 'region', load: () => import('../views/console/trainings.js') },
  { id: 'cases', title: 'section_cases', icon: 'book', group: 'region', load: () => import('../views/console/cases.js') },
  { id: 'audit', title: 'section_audit', icon: 'search', group: 'region', load: other('audit') },
  { id: 'retention', title: 'section_retention', icon: 'erase', group: 'region', load: () => import('../views/console/retention.js') },
  { id: 'systems', title: 'section_systems', icon: 'key', group: 'region', load: () => import('../views/console/systems.js') },
];

const OFFICES = 'offices';
/** What an administrator has for their own office. */
const FOR_ADMINISTRATORS = [OFFICES, 'announcements', 'trainings'];
/** What everybody who works by the rules may look at, and sign; and where they learn from each other. */
const FOR_PROFESSIONALS = ['groups', 'rules', 'compliance', 'cases'];

/** What this person may open: the secretariat everything, an administrator their own office, professionals the rules and how they are kept. @param {import('../model.js').Model} model @returns {Section[]} */
export function sectionsOf(model) {
  if (model.isSecretariat) return SECTIONS;
  /** @param {Section} section @returns {boolean} */
  const isOpen = ({ id }) => (FOR_ADMINISTRATORS.includes(id) ? Boolean(model.me?.administers?.length) : FOR_PROFESSIONALS.includes(id) && model.isProfessional);
  return SECTIONS.filter(isOpen).map((section) => (section.id === OFFICES ? { ...section, title: 'section_our_office' } : section));
}

/** @param {string} section @param {string} [item] */
export const hrefOf = (section, item = '') => `#/console/${section}${item ? `/${encodeURIComponent(item)}` : ''}`;
