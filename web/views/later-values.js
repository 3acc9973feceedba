// How values read that only entries on an organisation's own timeline hold; they join those of `sheet.js`.

import { html } from '../vendor/lit.js';
import { say, word } from '../language.js';
import '../later-sheets.js';
import '../later-words.js';
import { VALUES, at } from './sheet.js';

VALUES.shifts = (value, _, model) => html`<ul class="body-list">${value.map((/** @type {any} */ shift) => html`<li>${at(shift.startsAtUs)}–${at(shift.endsAtUs)} ${word('role', shift.role ?? '')} ${model.personName(shift.person) || say('somebody')} ${shift.phone}</li>`)}</ul>`;
