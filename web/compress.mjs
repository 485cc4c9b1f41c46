// Compresses what Vite has built: a file below dist/assets/ that brotli makes smaller stays as NAME.br only. The server
// carries and sends the files that way. The HTML stays as it is: it is small, and read by people and tools.

import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

const FOLDER = new URL('./dist/assets/', import.meta.url);

// What is compressed by its own format gains nothing that is worth an unpacking.
const LEAST_GAIN = 0.1;

const compressed = promisify(brotliCompress);

async function replace(name) {
  const file = new URL(name, FOLDER);
  const whole = await readFile(file);
  const packed = await compressed(whole, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: whole.length,
    },
  });
  if (packed.length > whole.length * (1 - LEAST_GAIN)) return [whole.length, whole.length];
  await writeFile(new URL(`${name}.br`, FOLDER), packed);
  await rm(file);
  return [whole.length, packed.length];
}

const sizes = await Promise.all((await readdir(FOLDER)).map(replace));
const sum = (which) => Math.round(sizes.reduce((total, pair) => total + pair[which], 0) / 1000);
console.log(`dist/assets: ${sizes.length} files, ${sum(0)} kB; compressed ${sum(1)} kB`);
