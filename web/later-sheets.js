// What entries on an organisation's own timeline hold, field by field; they join the sheets of a patient's timeline when
// `views/later.js` is fetched, with `views/later-values.js`.

import { SHEETS, row } from './sheets.js';

Object.assign(SHEETS, {
  contact_window: [row('department', 'department'), row('person', 'person', 'person'), row('phone', 'phone'), row('fax', 'fax'),
    row('email', 'email'), row('hours', 'hours'), row('around_the_clock', 'aroundTheClock', 'flag'), row('text', 'text')],
  roster: [row('from', 'from', 'date'), row('until', 'until', 'date'), row('shifts', 'shifts', 'shifts'), row('text', 'text')],
  pledge: [row('pledge_by', 'by', 'word', 'pledge_by'), row('rules', 'rules', 'citations'), row('text', 'text'),
    row('attachments', 'attachments', 'attachments')],
  office_entry: [row('representative', 'representative'), row('applied_on', 'appliedOn', 'date'), row('text', 'text'),
    row('attachments', 'attachments', 'attachments')],
  activation: [row('person', 'person', 'person'), row('role', 'role', 'word', 'role'), row('text', 'text')],
  incident: [row('text', 'text'), row('happened_at', 'happenedAtUs', 'at'), row('noticed', 'noticedAtUs', 'at'),
    row('patients', 'patients', 'patients'), row('measures', 'measures'), row('attachments', 'attachments', 'attachments')],
  suspension: [row('person', 'person', 'person'), row('lifted', 'lifted', 'flag'), row('reason', 'reason'),
    row('until', 'until', 'date'), row('reported_by', 'reportedBy', 'organisation'),
    row('about_entry', 'incident', 'entry')],
});
