// Whether an address leads into the console, and where there. The shell asks for every address, so that it stands apart.

const ADDRESS = /^#\/console(?:\/([a-z-]+))?(?:\/([^/]+))?$/;

/** @param {string} hash @returns {{section: string, item: string} | null} */
export function consoleAddress(hash) {
  const found = ADDRESS.exec(hash);
  if (!found) return null;
  const [, section = '', item = ''] = found;
  try {
    return { section, item: decodeURIComponent(item) };
  } catch {
    return { section, item: '' };
  }
}
