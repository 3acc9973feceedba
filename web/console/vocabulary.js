// The words that rules of a version may use, from its own `vocabulary.toml`: roles, kinds of record, groups and the
// facts of conditions, each with its labels. Unknown words are shown as they are written.

import { codeIn, keyCode } from './rule-codes.js';
import { plain, read } from './toml.js';

/**
 * @typedef {{ja: string, en: string}} Text
 * @typedef {{type: string, from: string, label: Text, no?: Text, unit?: Text, values: Map<string, Text>, kinds: string[] | null}} Field
 */

export class Vocabulary {
  /** @param {string} text of `vocabulary.toml` */
  constructor(text) {
    /** @type {Record<string, Map<string, Text>>} */
    this.lists = { roles: new Map(), kinds: new Map(), organisation_types: new Map() };
    /** @type {Map<string, {label: Text, of: string, members: string[]}>} */
    this.groups = new Map();
    /** @type {Map<string, Field>} */
    this.fields = new Map();
    const file = read(text);
    for (const table of file.tables) this.take(table);
    for (const field of this.fields.values()) {
      if (typeof field.values === 'string') field.values = this.lists[field.values] ?? new Map();
    }
  }

  /** @param {import('./toml.js').Table} table */
  take({ path, pairs }) {
    const [head, name] = [keyCode(path[0] ?? ''), path[1]];
    const values = Object.fromEntries(pairs.map(({ key, node }) => [keyCode(key), plain(node)]));
    const label = textOf(values);
    if (this.lists[head]) for (const { key, node } of pairs) this.lists[head].set(key, textOf(plain(node)));
    if (head === 'group' && name) this.groups.set(name, { label, of: keyCode(values.of ?? ''), members: values.members ?? [] });
    if (head === 'field' && name) {
      const choices = values.values;
      // Japanese calls the unit of a number and that of a standing rule the same.
      const unit = values.unit ?? values.per;
      this.fields.set(name, {
        type: { 'はい・いいえ': 'flag', 選択: 'choice', 数: 'number', 期間: 'duration' }[/** @type {string} */ (values.type)] ?? values.type,
        from: codeIn('from', values.from ?? ''), label, no: values.no && textOf(values.no), unit: unit && textOf(unit),
        // A list's name becomes the list once all of them are read.
        values: typeof choices === 'object' ? new Map(Object.entries(choices).map(([code, one]) => [code, textOf(/** @type {any} */ (one))])) : /** @type {any} */ (keyCode(choices ?? '')),
        kinds: values.for_kinds === undefined ? null : this.members([values.for_kinds].flat(), 'kinds'),
      });
    }
  }

  /** The codes that words of a list stand for. @param {string[]} words @param {string} list @returns {string[]} */
  members(words, list) {
    return words.flatMap((word) => {
      const code = this.code(list, word);
      const group = this.groups.get(code.replace(/^group:/, ''));
      return code.startsWith('group:') && group ? this.members(group.members, list) : [code];
    });
  }

  /** The code of a word of a list, which may be written as its label. @param {string} list @param {string} written */
  code(list, written) {
    const plainWord = written.replace(/^組[:：]/, 'group:');
    if (this.lists[list]?.has(plainWord) || plainWord.startsWith('group:') && this.groups.has(plainWord.slice(6))) return plainWord;
    const name = plainWord.replace(/^group:/, '');
    for (const [code, label] of this.lists[list] ?? []) if (label.ja === name || label.en === name) return code;
    for (const [code, { label, of }] of this.groups) if (of === list && (label.ja === name || label.en === name)) return `group:${code}`;
    return written;
  }

  /** @param {string} written */
  field(written) {
    if (this.fields.has(written)) return written;
    for (const [code, { label }] of this.fields) if (label.ja === written || label.en === written) return code;
    return written;
  }

  /** The code of a value of a field. @param {string} field @param {string} written */
  value(field, written) {
    const list = this.listOf(field);
    if (list) return this.code(list, written);
    for (const [code, label] of this.fields.get(field)?.values ?? []) if (code === written || label.ja === written || label.en === written) return code;
    return written;
  }

  /** The list that a field takes its values from. @param {string} field */
  listOf(field) {
    const values = this.fields.get(field)?.values;
    return Object.keys(this.lists).find((name) => this.lists[name] === values) ?? '';
  }

  /** @param {string} list @param {string} code @returns {Text} */
  label(list, code) {
    const group = code.startsWith('group:') ? this.groups.get(code.slice(6)) : undefined;
    return group?.label ?? this.lists[list]?.get(code) ?? { ja: code, en: code };
  }

  /** @param {string} field @param {string} code @returns {Text} */
  valueLabel(field, code) {
    const list = this.listOf(field);
    return list ? this.label(list, code) : this.fields.get(field)?.values.get(code) ?? { ja: code, en: code };
  }

  /** Everything of a list that may be chosen, groups first. @param {string} list @returns {{code: string, label: Text}[]} */
  options(list) {
    const groups = [...this.groups].filter(([, { of }]) => of === list).map(([code, { label }]) => ({ code: `group:${code}`, label }));
    return [...groups, ...[...(this.lists[list] ?? [])].map(([code, label]) => ({ code, label }))];
  }

  /** @param {string} field */
  valueOptions(field) {
    const list = this.listOf(field);
    return list ? this.options(list) : [...(this.fields.get(field)?.values ?? [])].map(([code, label]) => ({ code, label }));
  }

  /** `view:note`, `閲覧:記録`. @param {string} written @returns {{action: string, kind: string}} */
  act(written) {
    const [, action = '', kind = written] = /^([^:：]+)[:：](.*)$/.exec(written) ?? [];
    return { action: codeIn('action', action), kind: kind === '*' ? kind : this.code('kinds', kind) };
  }
}

/** @param {any} value @returns {Text} */
function textOf(value) {
  const ja = value?.ja ?? value?.['日本語'] ?? '';
  return { ja, en: value?.en ?? value?.['英語'] ?? ja };
}
