// Finds texts on the page that were left in a component: what stands there in no language that the page speaks.

import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** The pseudo language as one module. */
async function pseudo() {
  const entry = fileURLToPath(new URL('pseudo.mjs', import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry, formats: ['es'] } },
  });
  return [built].flat()[0].output[0].code;
}

/** Lets a page have the pseudo language where it asks for Russian. */
export async function speakPseudo(page) {
  const body = await pseudo();
  await page.route(/\/ru(-[^/]+)?\.(js|ts)(\?.*)?$/, (route) => route.fulfill({ contentType: 'text/javascript', body }));
}

/**
 * The texts on the page, seen or heard, that are neither the page's language nor marked as another one: lines with where they
 * stand. `names`: of nations, which pictures have no way to mark.
 */
export async function strangers(page, { isPseudo, names = [] }) {
  return page.evaluate(
    ([isPseudo, names]) => {
      /** What is called so in every language, and how dates are typed. */
      const NAMES = /\b(?:Menagerie|GraphiQL|CSV|NDJSON|SVG|EDTF|API|JSON|menagerie seed|\d+X+)\b/g;
      // What `Intl` makes of dates and lists stands without brackets; the digits of the pseudo language are in it.
      const INTL = /[０-９]{1,2} [A-Z][a-z]+ [０-９]+|[A-Z][a-z]+ [０-９]+|[０-９]+ BC|^and$/g;
      const VERSION = /^\d+\.\d+\.\d+\S*$/;
      // What the reader has typed is told as it was typed.
      const typed = [...document.querySelectorAll('input')].map(({ value }) => value);
      const bare = (text, isPicture) => {
        let rest = text.trim();
        if (typed.includes(rest)) return '';
        if (VERSION.test(rest)) return '';
        for (let before = ''; before !== rest; ) {
          before = rest;
          rest = rest.replace(/⟦[^⟦⟧]*⟧/g, '');
        }
        if (isPicture) for (const name of names) rest = rest.replace(name, '');
        const [, beginning] = (isPicture && /^(.+)\.\.\.$/.exec(rest)) || [];
        if (beginning && names.some((name) => name.startsWith(beginning))) return '';
        return rest.replace(NAMES, '').replace(INTL, '');
      };
      const isStrange = (text, isPicture) =>
        isPseudo ? /[A-Za-z0-9]/.test(bare(text, isPicture)) : /[A-Za-z]/.test(bare(text, isPicture));
      const isMarked = (element) => {
        const marked = element.closest('[lang]');
        return (marked && marked !== document.documentElement) || element.closest('code, .code, script, style') !== null;
      };
      const found = [];
      const note = (element, what, text) => {
        const path = [element.closest('[id]')?.id, element.className?.baseVal ?? element.className, element.localName];
        found.push(`${what} ${JSON.stringify(text)} at ${path.filter(Boolean).join(' ')}`);
      };
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        const isPicture = element.closest('svg') !== null;
        const text = walker.currentNode.data;
        if (!isMarked(element) && isStrange(text, isPicture)) note(element, 'text', text);
      }
      for (const element of document.body.querySelectorAll('*')) {
        if (isMarked(element)) continue;
        for (const name of ['aria-label', 'aria-description', 'title', 'placeholder', 'alt', 'data-name']) {
          const text = element.getAttribute(name);
          if (text && isStrange(text, false)) note(element, name, text);
        }
        for (const side of ['::before', '::after']) {
          const { content } = getComputedStyle(element, side);
          if (/^"/.test(content) && isStrange(content, false)) note(element, side, content);
        }
      }
      // The title is the heading, which has been looked at.
      const title = document.title.replace(/ · Menagerie$/, '');
      if (title !== document.querySelector('h1').textContent) found.push(`the title ${JSON.stringify(title)}`);
      return [...new Set(found)];
    },
    [isPseudo, names],
  );
}
