// The search box in the bar: offers gifts, nations, animals, events and claims while one types. A combobox as WAI-ARIA describes it:
// the keys stay in the field, the arrow keys move through the list.

import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { ask, Failure } from '../data/client.ts';
import { SearchDocument, type SearchQuery } from '../generated.ts';
import { giftAddress, go, pageOf } from '../router.tsx';

type Edge = NonNullable<SearchQuery['search']>['edges'][number];

type Parts = { text: string; matched: boolean }[];

interface Found {
  id: string;
  kind: string;
  name: Parts;
  /** What else was found in it, where its name does not say why it is here. */
  why: Parts | null;
  address: string;
}

/** How long nobody types before it is looked for, in milliseconds. */
const PAUSE = 150;

export function SearchBox() {
  const id = useId();
  const [text, setText] = useState('');
  const [found, setFound] = useState<Found[]>([]);
  const [message, setMessage] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const wanted = text.trim();
    if (!wanted) {
      setFound([]);
      setMessage('');
      return;
    }
    const leave = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const { data } = await ask(SearchDocument, { text: wanted }, leave.signal);
        const results = data.search.edges.map(resultOf).filter((one) => one !== null);
        setFound(results);
        setMessage(results.length === 0 ? `Nothing is found for “${wanted}”.` : '');
      } catch (error) {
        if (leave.signal.aborted) return;
        setFound([]);
        setMessage(error instanceof Failure ? error.message : 'The search does not work at the moment.');
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

  const isShown = isOpen && text.trim() !== '' && (found.length > 0 || message !== '');
  return (
    <search className="search">
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-label="Search gifts, nations, animals, events and claims"
        aria-expanded={isShown && found.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isShown && active >= 0 ? `${id}-${active}` : undefined}
        placeholder="Search gifts, nations, animals, claims"
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
        aria-label="Found"
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
              <Marked parts={result.name} />
              {result.why && (
                <small>
                  <Marked parts={result.why} />
                </small>
              )}
            </span>
            <span className="result-kind">{result.kind}</span>
          </li>
        ))}
      </ul>
      {isShown && message && <p className="results none">{message}</p>}
      <p className="unseen" role="status">
        {isShown ? message || `${found.length} found, arrow keys to choose` : ''}
      </p>
    </search>
  );
}

function Marked({ parts }: { parts: Parts }) {
  return parts.map(({ text, matched }, place) =>
    matched ? <mark key={place}>{text}</mark> : <span key={place}>{text}</span>,
  );
}

/** What is shown of a result and where it leads; null for kinds that this page has no place for. */
function resultOf({ node, highlights }: Edge): Found | null {
  const found = (kind: string, id: string, field: string, name: string, address: string): Found => {
    const marked = highlights.find((one) => one.field === field)?.parts;
    // A slug says the same as the name.
    const other = highlights.find((one) => one.field !== 'slug')?.parts ?? null;
    return { id, kind, name: marked ?? [{ text: name, matched: false }], why: marked ? null : other, address };
  };
  switch (node.__typename) {
    case 'Gift':
      return found('Gift', node.id, 'title', node.title, giftAddress(node.slug));
    case 'Nation':
      return found('Nation', node.id, 'name', node.name, pageOf('nations', node.slug));
    case 'Animal':
      return found('Animal', node.id, 'commonName', node.commonName, pageOf('animals', node.slug));
    case 'Event':
      return found('Event', node.id, 'title', node.title, pageOf('events', node.slug));
    case 'Claim':
      return found('Claim', node.id, 'statement', `${node.code}: ${node.statement}`, pageOf('claims', node.code));
    default:
      return null;
  }
}
