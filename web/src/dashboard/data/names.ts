// The names of nations and animals in the language of the page, as far as the API has them. English ones come with
// everything that is asked for; for another language all names are asked for once.

import { NamesDocument, type NamesQueryVariables } from '../generated.ts';
import { ask } from './client.ts';
import { current, isOfTheApi, onLanguage, speak } from './language.ts';
import { said, type Told } from './told.ts';
import { onToken } from './token.ts';

type Kind = 'nations' | 'animals';

interface Named {
  slug: string;
  names: { language: string; name: string }[];
}

/** The most pages that are asked for. */
const MOST_PAGES = 5;

/** The name of a nation or an animal; in English where there is none in the language of the page. */
export function nameOf(kind: Kind, slug: string | undefined, english: string): Told {
  const name = current().names.get(`${kind}/${slug}`);
  return name === undefined ? said(english) : { text: name };
}

/** The name among these that belongs into a list: the shortest, where a nation has its official one too. */
export function shortest(names: Named['names'], code: string): string | undefined {
  const own = names.filter(({ language }) => language === code || language.startsWith(`${code}-`));
  const [first] = own.map(({ name }) => name).sort((a, b) => a.length - b.length);
  return first && first.charAt(0).toLocaleUpperCase(code) + first.slice(1);
}

let leaving = new AbortController();

/** Asks for the names in the language in use, unless they are there. */
async function bring(): Promise<void> {
  if (isOfTheApi() || current().names.size > 0) return;
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const { code } = current();
  const names = new Map<string, string>();
  const keep = (kind: Kind, all: Named[]) => {
    for (const { slug, names: own } of all) {
      const name = shortest(own, code);
      if (name) names.set(`${kind}/${slug}`, name);
    }
  };
  const cursors: NamesQueryVariables = {};
  try {
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { data } = await ask(NamesDocument, cursors, signal);
      keep('nations', data.nations.nodes);
      keep('animals', data.animals.nodes);
      cursors.nations = data.nations.pageInfo.endCursor ?? cursors.nations ?? null;
      cursors.animals = data.animals.pageInfo.endCursor ?? cursors.animals ?? null;
      if (!data.nations.pageInfo.hasNextPage && !data.animals.pageInfo.hasNextPage) break;
    }
  } catch {
    // The English names stand there meanwhile.
  }
  if (!signal.aborted && current().code === code && names.size > 0) speak({ ...current(), names });
}

/** Keeps the names in step with the language. */
export function followNames(): void {
  onLanguage(() => void bring());
  onToken(() => void bring());
  void bring();
}
