// Finds the browser: the program that CHROMIUM names, or Chromium on the PATH. `node chromium.mjs` prints where it is, and
// fails with what to do where there is none.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const MISSING = `No Chromium is found. These checks need one: install it (on Debian: sudo apt-get install chromium), or name
the program of another one in CHROMIUM.`;

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The browser's program. */
export function chromium() {
  const named = process.env.CHROMIUM;
  if (named) {
    if (isProgram(named)) return named;
    throw new Error(`CHROMIUM is ${JSON.stringify(named)}, where no program is; accepted is the path of a Chromium`);
  }
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
  if (!found) throw new Error(MISSING);
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(chromium());
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
