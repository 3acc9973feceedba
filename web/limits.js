// Bounds that the hub has (`src/limits.rs`) and the page keeps to before it asks. `tests/web/units/agreement.test.mjs` holds them
// against each other.

export const TEXT_CHARS_MAX = 20_000;
export const FILE_BYTES_MAX = 26_214_400;
export const FILES_MAX = 20;
/** Of one post: more is not read. */
export const ADVICE_MAX = 2;
