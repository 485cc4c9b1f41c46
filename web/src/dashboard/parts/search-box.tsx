// The search box in the bar: offers gifts, nations, animals, events and claims while one types. A combobox as WAI-ARIA describes it:
// the keys stay in the field, the arrow keys move through the list.

import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { ask, Failure, OwnFailure } from '../data/client.ts';
import { texts } from '../data/language.ts';
import { nameOf } from '../data/names.ts';
import { said, type Told } from '../data/told.ts';
import { SearchDocument, type SearchQuery } from '../generated.ts';
import { giftAddress, go, pageOf } from '../router.tsx';
import type { Texts } from '../texts/en.ts';
import { Reason } from './states.tsx';

type Edge = NonNullable<SearchQuery['search']>['edges'][number];

/** A text with what matched in it, and its language where that is not the page's. */
interface Line {
  parts: { text: string; matched: boolean }[];
  lang?: Told['lang'];
}
type Kind = keyof Texts['overview']['search']['kinds'];

interface Found {
  id: string;
  kind: Kind;
  name: Line;
  /** What else was found in it, where its name does not say why it is here. */
  why: Line | null;
  address: string;
}

/** How long nobody types before it is looked for, in milliseconds. */
const PAUSE = 150;

export function SearchBox() {
  const id = useId();
  const [text, setText] = useState('');
  const [found, setFound] = useState<Found[]>([]);
  /** Why there is nothing to choose: what was looked for in vain, or what failed. */
  const [trouble, setTrouble] = useState<string | Failure | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const wanted = text.trim();
    if (!wanted) {
      setFound([]);
      setTrouble(null);
      return;
    }
    const leave = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const { data } = await ask(SearchDocument, { text: wanted }, leave.signal);
        const results = data.search.edges.map(resultOf).filter((one) => one !== null);
        setFound(results);
        setTrouble(results.length === 0 ? wanted : null);
      } catch (error) {
        if (leave.signal.aborted) return;
        setFound([]);
        setTrouble(error instanceof Failure ? error : new OwnFailure('NO_SEARCH'));
      }
      setActive(-1);
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      leave.abort();
    };
  }, [text]);

  function choose(result: Found) {
    setOpen(false);
    setText('');
    field.current?.blur();
    go(result.address);
  }

  function onKeyDown(event: KeyboardEvent) {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      setOpen(true);
      // One place before the first is the field itself.
      setActive((last) => ((last + 1 + step + found.length + 1) % (found.length + 1)) - 1);
    } else if (event.key === 'Enter' && isOpen) {
      const result = found[Math.max(0, active)];
      if (result) choose(result);
    } else if (event.key === 'Escape') {
      if (!isOpen) setText('');
      setOpen(false);
      setActive(-1);
    }
  }

  const isShown = isOpen && text.trim() !== '' && (found.length > 0 || trouble !== null);
  const t = texts().overview.search;
  const message = trouble instanceof Failure ? <Reason failure={trouble} /> : trouble !== null && t.nothing(trouble);
  return (
    <search className="search">
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-label={t.label}
        aria-expanded={isShown && found.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isShown && active >= 0 ? `${id}-${active}` : undefined}
        placeholder={t.hint}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <ul
        className="results"
        role="listbox"
        id={`${id}-list`}
        aria-label={t.results}
        hidden={!isShown || found.length === 0}
      >
        {found.map((result, index) => (
          <li
            key={result.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            // The field keeps the focus: a click is no reason to leave it before it is over.
            onMouseDown={(event) => event.preventDefault()}
            onMouseMove={() => setActive(index)}
            onClick={() => choose(result)}
          >
            <span>
              <Marked line={result.name} />
              {result.why && (
                <small>
                  <Marked line={result.why} />
                </small>
              )}
            </span>
            <span className="result-kind">{t.kinds[result.kind]}</span>
          </li>
        ))}
      </ul>
      {isShown && message && <p className="results none">{message}</p>}
      <p className="unseen" role="status">
        {isShown && (message || t.found(found.length))}
      </p>
    </search>
  );
}

function Marked({ line: { parts, lang } }: { line: Line }) {
  const pieces = parts.map(({ text, matched }, place) =>
    matched ? <mark key={place}>{text}</mark> : <span key={place}>{text}</span>,
  );
  return lang ? <span lang={lang}>{pieces}</span> : pieces;
}

type Highlight = Edge['highlights'][number];

/** What matched; it is English but for names in other languages. */
function lineOf({ field, parts }: Highlight): Line {
  return { parts, ...(!field.startsWith('names') && { lang: said('').lang }) };
}

/** The whole text. */
const wholeOf = ({ parts }: Line) => parts.map(({ text }) => text).join('');

/** The name of a result with what matched in it, else what matched beside it. `field`: where the name stands; null for none. */
function linesOf(name: Told, field: string | null, highlights: Highlight[]): Pick<Found, 'name' | 'why'> {
  // A slug says the same as the name.
  const matched = highlights.filter((one) => one.field !== 'slug');
  const lines = matched.map(lineOf);
  const isName = (line: Line, place: number) =>
    matched[place]!.field === field || wholeOf(line).toLowerCase() === name.text.toLowerCase();
  const own = lines.find(isName);
  const plain: Line = { parts: [{ text: name.text, matched: false }], lang: name.lang };
  return { name: own ?? plain, why: own ? null : (lines[0] ?? null) };
}

/** What is shown of a result and where it leads; null for kinds that this page has no place for. */
function resultOf({ node, highlights }: Edge): Found | null {
  const found = (kind: Kind, field: string, english: string, name: Told, address: string): Found => ({
    id: node.id,
    kind,
    address,
    ...linesOf(name, name.text === english ? field : null, highlights),
  });
  const inEnglish = (kind: Kind, field: string, english: string, address: string) =>
    found(kind, field, english, said(english), address);
  switch (node.__typename) {
    case 'Gift':
      return inEnglish('Gift', 'title', node.title, giftAddress(node.slug));
    case 'Nation':
      return found('Nation', 'name', node.name, nameOf('nations', node.slug, node.name), pageOf('nations', node.slug));
    case 'Animal':
      return found(
        'Animal',
        'commonName',
        node.commonName,
        nameOf('animals', node.slug, node.commonName),
        pageOf('animals', node.slug),
      );
    case 'Event':
      return inEnglish('Event', 'title', node.title, pageOf('events', node.slug));
    case 'Claim':
      return inEnglish('Claim', 'statement', `${node.code}: ${node.statement}`, pageOf('claims', node.code));
    default:
      return null;
  }
}
