// What a draft says by itself, as words that rules ask about: the same reading of bodies as the hub's `said.rs`. What takes
// a glossary, a calendar or the directory to know is left out, and so stays unknown. Pure; used by `facts.js`.

import { msOfUs } from '../frames.js';

/** @typedef {Record<string, any>} Body as on the wire, without its kind */

/** @param {unknown} value */
const flag = (value) => String(Boolean(value));
/** @param {any[] | undefined} list */
const some = (list) => flag(list?.length);
/** @param {string | undefined} text */
const isWritten = (text) => flag(text?.trim());
/** @param {Body} body */
const hasPaper = ({ attachments, document }) => flag(document || attachments?.length);
const topic = (/** @type {Body} */ body) => body.topic || 'other';

/** What a doctor asks for in an instruction: of these, two must be written. */
const ASKED = ['instruction', 'lifeGuidance', 'rehabilitation', 'bedsoreCare', 'deviceCare'];
const ASKED_MIN = 2;

/**
 * Readers of what each kind of body says; a value is a code, or of a flag `true` or `false`.
 * @type {Record<string, (body: Body, isOrdinary: boolean, typeOf: (organisation: string) => string) => Record<string, string | undefined>>}
 */
const SAYS = {
  note: (body, isOrdinary) => ({ ...ofObservation(body), 'record.shared_with_team': flag(isOrdinary) }),
  visit: (body, isOrdinary) => ({
    ...ofObservation(body), 'record.shared_with_team': flag(isOrdinary), 'record.on_shared_sheet': flag(!body.offSharedSheet),
  }),
  status_change: (body) => ({
    'record.tell_doctor': flag(body.tellDoctor), 'record.emergency': flag(body.emergency), 'record.urgent': flag(body.urgent), 'record.topic': topic(body),
  }),
  infection_notice: (body) => ({ 'infection.contact_dates': some(body.contactDates), 'record.infection': body.infection }),
  call: (body) => ({ 'call.to': body.to, 'call.reached': flag(body.reached), 'call.written_up': isWritten(body.text) }),
  care_plan: (body) => ({ 'care_plan.medical_service': flag(body.services?.some((/** @type {any} */ one) => one.medical)) }),
  medication_report: (body) => ({ 'medication_report.for_doctor': flag(body.forDoctor), 'medication_report.leftovers': some(body.leftovers) }),
  order: (body) => ({
    'order.type': body.orderType, 'record.emergency': flag(body.emergency), 'record.has_document': hasPaper(body),
    'order.standard_form': flag(body.standardForm), 'order.changes_drugs': flag(body.changesDrugs),
  }),
  order_document: (body) => ({ 'order.type': body.orderType, 'record.has_document': some(body.attachments), 'order.standard_form': flag(body.standardForm) }),
  verbal_order_received: (body) => ({
    'order.type': body.orderType, 'record.emergency': flag(body.emergency), 'verbal_order.read_back': flag(body.readBack),
  }),
  nursing_instruction: (body) => ({
    'record.has_document': some(body.attachments), 'instruction.outlook': isWritten(body.outlook),
    'instruction.concrete': flag(ASKED.filter((part) => body[part]?.trim()).length >= ASKED_MIN),
  }),
  device_change: (body) => ({ 'device.change': body.change, 'record.emergency': flag(body.emergency) }),
  message: (body) => ({ 'record.urgent': flag(body.urgent), 'record.topic': topic(body) }),
  lab_request: (body) => ({ 'record.urgent': flag(body.urgent) }),
  consultation: (body, _, typeOf) => ({ 'record.urgent': flag(body.urgent), 'record.topic': topic(body), 'consultation.to_doctor': isToDoctor(body, typeOf) }),
  station_change: (body) => ({ 'station_change.family_request': flag(body.familyRequest), 'record.has_document': some(body.attachments) }),
  visit_plan: (body, _, typeOf) => ({ 'record.urgent': flag(body.urgent), 'visit_plan.nurse_invited': isNurseInvited(body, typeOf) }),
  conference: (body) => ({ 'conference.doctor_attends': attends(body, 'doctor'), 'conference.nurse_attends': attends(body, 'nurse') }),
};

/** @param {Body} body */
const ofObservation = (body) => ({ 'record.tell_doctor': flag(body.tellDoctor), 'record.acp': flag(body.acp) });

/** @param {Body} body @param {(organisation: string) => string} typeOf */
function isToDoctor({ toRole, to }, typeOf) {
  if (toRole) return flag(toRole === 'doctor' || toRole === 'dentist');
  const type = typeOf(to);
  return type ? flag(['clinic', 'hospital', 'dental_clinic'].includes(type)) : undefined;
}

/** @param {Body} body @param {(organisation: string) => string} typeOf */
function isNurseInvited({ invitedRoles = [], invited = [] }, typeOf) {
  if (invitedRoles.includes('nurse')) return 'true';
  const types = invited.map(typeOf);
  if (types.includes('nursing_station')) return 'true';
  return types.includes('') ? undefined : 'false';
}

/** Where nobody is named it is not known. @param {Body} body @param {string} role */
function attends({ attendees = [], absent = [] }, role) {
  const is = (/** @type {{role: string}} */ one) => one.role === role;
  return attendees.length || absent.some(is) ? flag(attendees.some(is)) : undefined;
}

/**
 * @param {string} kind @param {Body} body @param {boolean} isOrdinary not restricted
 * @param {(organisation: string) => string} typeOf empty: not known here
 * @returns {Record<string, string | undefined>} by the code of the field
 */
export const saidBy = (kind, body, isOrdinary, typeOf) => SAYS[kind]?.(body, isOrdinary, typeOf) ?? {};

/** @type {Record<string, (body: Body) => string | undefined>} */
const NOTICED = {
  status_change: ({ noticedAtUs }) => noticedAtUs,
  visit: ({ startedAtUs, endedAtUs }) => endedAtUs ?? startedAtUs,
  call: ({ calledAtUs }) => calledAtUs,
  verbal_order_received: ({ receivedAtUs }) => receivedAtUs,
};

/** When a body says that it was noticed, in milliseconds. @param {string} kind @param {Body} body @returns {number | null} */
export function noticedAtMs(kind, body) {
  const at = NOTICED[kind]?.(body);
  return at === undefined ? null : msOfUs(at);
}
