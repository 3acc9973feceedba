// Text as it is compared when somebody searches: width, case, kind of kana and spaces do not count.

/** @param {string} text */
export function folded(text) {
  return text.normalize('NFKC').toLowerCase().replace(/\s/g, '')
    .replace(/[ぁ-ゖ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60));
}
