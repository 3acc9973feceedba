// Reads the TOML of rule files with the place of every value, and changes one value without touching anything else:
// comments, order and spacing of the file stay as somebody wrote them. The subset that rule files use, no more: headers,
// keys, one-line and multi-line strings, numbers, dates, arrays and inline tables. What rules mean is in `rule-file.js`.

/**
 * @typedef {{type: 'string' | 'bool' | 'number' | 'date', value: any, start: number, end: number}} Scalar
 * @typedef {{type: 'array', items: Node[], start: number, end: number}} List
 * @typedef {{type: 'table', pairs: {key: string, start: number, node: Node}[], start: number, end: number}} Inline
 * @typedef {Scalar | List | Inline} Node
 * @typedef {{key: string, start: number, equals: number, node: Node, end: number}} Pair `start` and `end` are those of its lines
 * @typedef {{path: string[], array: boolean, start: number, body: number, end: number, pairs: Pair[]}} Table
 * @typedef {{text: string, tables: Table[], unreadable: number[]}} Document `unreadable`: where lines begin that could not be read
 * @typedef {{start: number, end: number, text: string}} Edit
 */

class Unreadable extends Error {}

class Reader {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  get next() {
    return this.text[this.at] ?? '';
  }

  /** @param {RegExp} pattern sticky @returns {string | null} */
  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) return null;
    this.at += found[0].length;
    return found[0];
  }

  /** Spaces, or between the parts of a value also line ends and comments. */
  skip(lines = false) {
    this.take(lines ? /(?:[ \t\r\n]|#[^\n]*)*/y : /[ \t]*/y);
  }

  /** @param {string} sign */
  expect(sign) {
    if (this.next !== sign) throw new Unreadable(sign);
    this.at += 1;
  }

  /** @returns {string} */
  key() {
    if (this.next === '"' || this.next === "'") return this.string();
    const bare = this.take(/[A-Za-z0-9_-]+/y);
    if (bare === null) throw new Unreadable('key');
    return bare;
  }

  /** @returns {string[]} */
  path() {
    const keys = [this.key()];
    this.skip();
    while (this.next === '.') {
      this.at += 1;
      this.skip();
      keys.push(this.key());
      this.skip();
    }
    return keys;
  }

  string() {
    const written = this.take(/"""(?:[^\\]|\\[^])*?"{3,5}|'''[^]*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y);
    if (written === null) throw new Unreadable('string');
    if (written.startsWith("'''")) return written.slice(3, -3).replace(/^\r?\n/, '');
    if (written.startsWith("'")) return written.slice(1, -1);
    const long = written.startsWith('"""');
    const inner = long ? written.slice(3, -3).replace(/^\r?\n/, '').replace(/\\\r?\n\s*/g, '') : written.slice(1, -1);
    return inner.replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)/g, (_, code) => unescaped(code));
  }

  /** @returns {Node} */
  value() {
    const start = this.at;
    if (this.next === '"' || this.next === "'") return { type: 'string', value: this.string(), start, end: this.at };
    if (this.next === '[') return this.array(start);
    if (this.next === '{') return this.inline(start);
    const bare = this.take(/[^\s,#\]}=]+/y);
    if (bare === null) throw new Unreadable('value');
    return { ...scalar(bare), start, end: this.at };
  }

  /** @param {number} start @returns {List} */
  array(start) {
    /** @type {Node[]} */
    const items = [];
    this.expect('[');
    for (this.skip(true); this.next !== ']'; this.skip(true)) {
      items.push(this.value());
      this.skip(true);
      if (this.next !== ']') this.expect(',');
    }
    this.expect(']');
    return { type: 'array', items, start, end: this.at };
  }

  /** @param {number} start @returns {Inline} */
  inline(start) {
    /** @type {Inline['pairs']} */
    const pairs = [];
    this.expect('{');
    for (this.skip(true); this.next !== '}'; this.skip(true)) {
      const at = this.at;
      const key = this.key();
      this.skip();
      this.expect('=');
      this.skip();
      pairs.push({ key, start: at, node: this.value() });
      this.skip(true);
      if (this.next !== '}') this.expect(',');
    }
    this.expect('}');
    return { type: 'table', pairs, start, end: this.at };
  }

  /** What may stand behind a value or a header: a comment. Moves behind the line end. */
  endOfLine() {
    this.skip();
    this.take(/#[^\n]*/y);
    this.take(/\r/y);
    if (this.at < this.text.length) this.expect('\n');
  }
}

/** @param {string} code */
function unescaped(code) {
  if (code.length > 1) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
  return { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', e: '\u001b' }[code] ?? code;
}

/** @param {string} bare @returns {{type: 'bool' | 'number' | 'date', value: any}} */
function scalar(bare) {
  if (bare === 'true' || bare === 'false') return { type: 'bool', value: bare === 'true' };
  if (/^\d{4}-\d{2}-\d{2}$/.test(bare)) return { type: 'date', value: bare };
  if (/^[+-]?\d[\d_]*(\.\d+)?$/.test(bare)) return { type: 'number', value: Number(bare.replace(/_/g, '')) };
  throw new Unreadable(bare);
}

/** @param {string} text @returns {Document} */
export function read(text) {
  const reader = new Reader(text);
  /** @type {Document} */
  const file = { text, tables: [{ path: [], array: false, start: 0, body: 0, end: text.length, pairs: [] }], unreadable: [] };
  while (reader.at < text.length) {
    const start = reader.at;
    try {
      readLine(reader, file);
    } catch (error) {
      if (!(error instanceof Unreadable) && !(error instanceof RangeError)) throw error;
      file.unreadable.push(start);
      reader.at = start;
      reader.take(/[^\n]*\n?/y);
    }
  }
  return file;
}

/** @param {Reader} reader @param {Document} file */
function readLine(reader, file) {
  const start = reader.at;
  const table = file.tables[file.tables.length - 1];
  reader.skip();
  if (/[#\n\r]/.test(reader.next) || reader.next === '') return reader.endOfLine();
  if (reader.next !== '[') {
    const key = reader.path().join('.');
    const equals = reader.at;
    reader.expect('=');
    reader.skip();
    const node = reader.value();
    reader.endOfLine();
    table.pairs.push({ key, start, equals, node, end: reader.at });
    return undefined;
  }
  const array = reader.take(/\[\[/y) !== null;
  if (!array) reader.expect('[');
  reader.skip();
  const path = reader.path();
  reader.expect(']');
  if (array) reader.expect(']');
  reader.endOfLine();
  table.end = start;
  file.tables.push({ path, array, start, body: reader.at, end: reader.text.length, pairs: [] });
  return undefined;
}

/** A day of the calendar, which TOML writes without quotes. */
export class Day {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/** The value as plain data. @param {Node} node @returns {any} */
export function plain(node) {
  if (node.type === 'array') return node.items.map(plain);
  if (node.type === 'table') return Object.fromEntries(node.pairs.map(({ key, node: value }) => [key, plain(value)]));
  return node.type === 'date' ? new Day(node.value) : node.value;
}

/** @param {string} key */
const keyText = (key) => (/^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key));

/** @param {string} text */
const quoted = (text) => `"${text.replace(/[\\"\u0000-\u001f\u007f]/g, (sign) =>
  ({ '\\': '\\\\', '"': '\\"', '\n': '\\n', '\t': '\\t', '\r': '\\r' }[sign] ?? `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`))}"`;

/** @param {any} value @returns {string} */
export function written(value) {
  if (value instanceof Day) return value.text;
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (value && typeof value === 'object') {
    const pairs = Object.entries(value).map(([key, one]) => `${keyText(key)} = ${written(one)}`);
    return pairs.length ? `{ ${pairs.join(', ')} }` : '{}';
  }
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** @typedef {(text: string) => string} Canon what spellings of one word have in common */

/** @param {Node} node @param {any} value @param {Canon} canon @returns {boolean} */
function says(node, value, canon) {
  if (node.type === 'array') {
    return Array.isArray(value) && value.length === node.items.length && node.items.every((item, at) => says(item, value[at], canon));
  }
  if (node.type === 'table') {
    if (!value || typeof value !== 'object' || Array.isArray(value) || value instanceof Day) return false;
    const keys = Object.keys(value);
    return keys.length === node.pairs.length
      && node.pairs.every((pair) => keys.some((key) => canon(key) === canon(pair.key) && says(pair.node, value[key], canon)));
  }
  if (node.type === 'date') return value instanceof Day && value.text === node.value;
  // `はい` is a spelling of `true`.
  if (node.type === 'string' && typeof value === 'boolean') return canon(node.value) !== node.value && canon(node.value) === String(value);
  if (node.type === 'string') return typeof value === 'string' && canon(node.value) === canon(value);
  return node.value === value;
}

/**
 * The smallest changes that make `node` say `value`.
 * @param {Node} node @param {any} value @param {Canon} canon @returns {Edit[]}
 */
export function edits(node, value, canon = (text) => text) {
  if (says(node, value, canon)) return [];
  // A list of one says the same as the one.
  if (node.type === 'array' && node.items.length === 1 && !Array.isArray(value)) return edits(node.items[0], value, canon);
  if (node.type === 'array' && Array.isArray(value)) return editsOfList(node, value, canon);
  if (node.type === 'table' && value && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Day)) {
    return editsOfInline(node, value, canon);
  }
  return [{ start: node.start, end: node.end, text: written(value) }];
}

/** @param {List} node @param {any[]} value @param {Canon} canon @returns {Edit[]} */
function editsOfList(node, value, canon) {
  const { items } = node;
  if (items.length === value.length) return items.flatMap((item, at) => edits(item, value[at], canon));
  let before = 0;
  while (before < Math.min(items.length, value.length) && says(items[before], value[before], canon)) before += 1;
  let after = 0;
  while (after < Math.min(items.length, value.length) - before
    && says(items[items.length - 1 - after], value[value.length - 1 - after], canon)) after += 1;
  const old = items.slice(before, items.length - after);
  const fresh = value.slice(before, value.length - after).map(written).join(', ');
  if (items.length === 0 || value.length === 0) return [{ start: node.start, end: node.end, text: written(value) }];
  if (old.length && fresh) return [{ start: old[0].start, end: old[old.length - 1].end, text: fresh }];
  if (fresh && before) return [{ start: items[before - 1].end, end: items[before - 1].end, text: `, ${fresh}` }];
  if (fresh) return [{ start: items[0].start, end: items[0].start, text: `${fresh}, ` }];
  if (after) return [{ start: old[0].start, end: items[items.length - after].start, text: '' }];
  return [{ start: items[before - 1].end, end: old[old.length - 1].end, text: '' }];
}

/** @param {Inline} node @param {Record<string, any>} value @param {Canon} canon @returns {Edit[]} */
function editsOfInline(node, value, canon) {
  const keys = Object.keys(value);
  const keyOf = (/** @type {{key: string}} */ pair) => keys.find((key) => canon(key) === canon(pair.key));
  const gone = node.pairs.filter((pair) => keyOf(pair) === undefined);
  const added = keys.filter((key) => !node.pairs.some((pair) => keyOf(pair) === key));
  const kept = node.pairs.filter((pair) => keyOf(pair) !== undefined);
  if (!kept.length || (gone.length && added.length) || gone.length > 1) return [{ start: node.start, end: node.end, text: written(value) }];
  const changes = kept.flatMap((pair) => edits(pair.node, value[/** @type {string} */ (keyOf(pair))], canon));
  const last = node.pairs[node.pairs.length - 1];
  if (added.length) {
    changes.push({ start: last.node.end, end: last.node.end, text: added.map((key) => `, ${keyText(key)} = ${written(value[key])}`).join('') });
  }
  if (gone.length) {
    const at = node.pairs.indexOf(gone[0]);
    const following = node.pairs[at + 1];
    changes.push(following ? { start: gone[0].start, end: following.start, text: '' } : { start: node.pairs[at - 1].node.end, end: gone[0].node.end, text: '' });
  }
  return changes;
}

/** @param {string} text @param {Edit[]} changes */
export function apply(text, changes) {
  return [...changes].sort((a, b) => b.start - a.start).reduce((left, { start, end, text: put }) => left.slice(0, start) + put + left.slice(end), text);
}

/**
 * Sets, adds or (with `undefined`) takes out one key of a table.
 * @param {Document} file @param {Table} table @param {string} key @param {any} value
 * @param {{canon?: Canon, canonKey?: Canon, order?: string[]}} how `order`: where a new key belongs
 */
export function setKey(file, table, key, value, { canon, canonKey = (text) => text, order = [] } = {}) {
  const pair = table.pairs.find((one) => canonKey(one.key) === key);
  if (value === undefined) return pair ? apply(file.text, [{ start: pair.start, end: pair.end, text: '' }]) : file.text;
  if (pair) return apply(file.text, edits(pair.node, value, canon));
  const earlier = order.slice(0, order.indexOf(key));
  const before = [...table.pairs].reverse().find((one) => earlier.includes(canonKey(one.key))) ?? table.pairs[table.pairs.length - 1];
  const width = before ? before.equals - before.start : 0;
  const at = before?.end ?? table.body;
  const line = `${keyText(key).padEnd(Math.max(0, width - 1))} = ${written(value)}\n`;
  const needsEnd = at > 0 && file.text[at - 1] !== '\n';
  return apply(file.text, [{ start: at, end: at, text: needsEnd ? `\n${line}` : line }]);
}

/** A new table at the end of the file. @param {string} text @param {string} header @param {[string, any][]} pairs */
export function append(text, header, pairs) {
  const width = Math.max(...pairs.map(([key]) => key.length));
  const lines = pairs.map(([key, value]) => `${keyText(key).padEnd(width)} = ${written(value)}\n`).join('');
  return `${text.replace(/\n*$/, '\n')}\n${header}\n${lines}`;
}

/** Takes a table out; comments before and behind it stay. @param {Document} file @param {Table} table */
export function removeTable(file, table) {
  const end = table.pairs[table.pairs.length - 1]?.end ?? table.body;
  const rest = file.text.slice(end).replace(/^\r?\n/, '');
  return file.text.slice(0, table.start) + rest;
}

/** Tells the line (from 1) of places of a text, after one look at the whole of it. @param {string} text @returns {(at: number) => number} */
export function linesOf(text) {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (at) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= at) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
