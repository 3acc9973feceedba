// The rules in force about posts, as the hub gave them (`GET /api/v1/rulebook/tables`) and this device keeps them. A table of
// another format, or one that is not whole, is none. Used by `judging.js` and `foreseeing.js`.

import { valuesOf } from './possible.js';

/**
 * @typedef {import('../frames.js').Text} Text
 * @typedef {import('./possible.js').Clauses} Clauses
 * @typedef {object} Rule
 * @property {string} citation
 * @property {Text} title
 * @property {Text} says
 * @property {string} strength
 * @property {string[]} on
 * @property {Clauses} when
 * @property {Clauses} [unless]
 * @property {'permit' | 'forbid' | 'queue' | 'gate' | 'duty' | 'nudge'} does
 * @property {{require: Clauses, pass_if: Clauses, exceptions: Text[], reason_ok: boolean}} [gate]
 * @property {DutyTerms} [duty]
 * @property {string} [audience]
 * @typedef {object} DutyTerms
 * @property {Text} owed_by
 * @property {string[]} roles
 * @property {string} of
 * @property {boolean} by_role
 * @property {boolean} each
 * @property {Text} met_by
 * @property {boolean} acknowledge
 * @property {number} within_s
 * @property {boolean} business
 * @property {Text} within
 * @property {Text[]} chain
 * @property {Text | null} ways_out
 * @typedef {object} Given
 * @property {number} format
 * @property {string} fingerprint
 * @property {{id: string, version: string, title: Text}[]} sets
 * @property {import('./possible.js').Field[]} fields
 * @property {Rule[]} rules
 * @property {{kind: string, team: string[], own: string[]}[]} shown
 */

export const FORMAT = 1;

export class Table {
  /** @param {Given} given @param {number} fetchedAtMs */
  constructor(given, fetchedAtMs) {
    this.given = given;
    this.fetchedAtMs = fetchedAtMs;
    this.fields = new Map(given.fields.map((field) => [field.code, field]));
    this.shown = new Map(given.shown.map((shown) => [shown.kind, shown]));
  }

  /** @param {Given | undefined | null} given @param {number} fetchedAtMs */
  static of(given, fetchedAtMs) {
    return given?.format === FORMAT && given.rules?.length ? new Table(given, fetchedAtMs) : null;
  }

  /** @param {string} kind */
  rulesOn(kind) {
    return this.given.rules.filter(({ on }) => on.includes(kind));
  }

  /** Whether a rule with this citation is among them, so that what cites it was judged by these. @param {string} citation */
  has(citation) {
    const [, set] = citation.split('@');
    return !set || this.given.rules.some((rule) => rule.citation.endsWith(`@${set}`));
  }

  /** @param {string} kind @param {string} role */
  seesOwn(kind, role) {
    return Boolean(this.shown.get(kind)?.own.includes(role));
  }

  /** @param {string} kind @param {string} role */
  seesOfTeam(kind, role) {
    return Boolean(this.shown.get(kind)?.team.includes(role));
  }

  /** What is no value of its field is not known: the hub will say. @param {import('./possible.js').Slots} slots */
  inDomain(slots) {
    for (const [code, slot] of slots) {
      const field = this.fields.get(code);
      if (!field || !(slot instanceof Set)) continue;
      const values = valuesOf(field);
      if ([...slot].some((value) => !values.includes(value))) slots.delete(code);
    }
    return slots;
  }
}
