// A language that nobody speaks, for a check: the English texts, each in ⟦brackets⟧, with digits of another width. What
// stands on the page without brackets and is no data was left in a component; a digit of the usual width did not go through
// `Intl`. It is bundled by the check and takes the place of Russian: no reader ever loads it.

import { language as english } from '../src/dashboard/texts/en.ts';

const piece = (text) => (/\S/.test(text) ? `⟦${text}⟧` : text);

/** What fills a place is no part of the text: each piece between two places has brackets of its own. */
const inBrackets = (text) =>
  text
    .split(/(\{[^}]*\})/)
    .map((part) => (part.startsWith('{') ? part.replace(/\|([^}]*)\}$/, '|⟦$1⟧}') : piece(part)))
    .join('');

function wrapped(texts) {
  if (typeof texts === 'string') return inBrackets(texts);
  if (typeof texts === 'function') return (...given) => inBrackets(texts(...given));
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, wrapped(text)]));
}

export const language = { locale: 'en-GB-u-nu-fullwide', texts: wrapped(english.texts) };
