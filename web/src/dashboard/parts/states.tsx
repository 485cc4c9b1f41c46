// What several parts share: a card, a choice between few things, and the states of a part: loading, empty, failed.

import { useEffect, useId, useRef, type ReactNode } from 'react';
import { NO_FILTERS, type View } from '../data/address.ts';
import { OwnFailure, type Failure } from '../data/client.ts';
import { texts } from '../data/language.ts';
import { setToken } from '../data/token.ts';
import type { Change } from '../overview.tsx';
import type { Texts } from '../texts/en.ts';
import { ActiveLabel, activeFilters, type Options } from './filter-bar.tsx';
import { Said } from './told.tsx';

interface CardProps {
  title: string;
  /** Its place in the page, for addresses that lead to it. */
  place?: string;
  lead?: ReactNode;
  tools?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** A part of the page with its heading. */
export function Card({ title, place, lead, tools, className = '', children }: CardProps) {
  const id = useId();
  const card = useRef<HTMLElement>(null);
  // The browser looks for the place before there is any.
  useEffect(() => {
    if (place && location.hash === `#${place}`) card.current?.scrollIntoView();
  }, [place]);
  return (
    <section className={`card ${className}`} aria-labelledby={id} ref={card} {...(place && { id: place })}>
      <div className="card-head">
        <div>
          <h2 id={id}>{title}</h2>
          {lead && <p className="lead">{lead}</p>}
        </div>
        {tools}
      </div>
      {children}
    </section>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: { value: Value; label: string }[];
  choose: (value: Value) => void;
}

/** One of a few, side by side. */
export function Choice<Value extends string>({ label, value, options, choose }: ChoiceProps<Value>) {
  return (
    <div className="choice" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          type="button"
          key={option.value}
          aria-pressed={option.value === value}
          onClick={() => choose(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}

/** Grey lines in the place of what is on its way, as high as it will be. */
export function Skeleton({ lines, height = 14 }: { lines: number; height?: number }) {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} style={{ height, width: `${92 - ((index * 17) % 41)}%` }} />
      ))}
    </div>
  );
}

/** A grey line in the place of a word or a number. */
export function Waiting() {
  return (
    <>
      <span className="skeleton-value" />
      <span className="unseen">{texts().states.waiting}</span>
    </>
  );
}

/** Why there is no answer: in the page's words, or in those of the API. */
export function Reason({ failure }: { failure: Failure }) {
  return failure instanceof OwnFailure ? texts().states.reasons[failure.reason] : <Said>{failure.message}</Said>;
}

interface FailedProps {
  failure: Failure;
  retry: () => void;
  what: keyof Texts['states']['failed'];
}

/** What went wrong, and a way to try again. */
export function Failed({ failure, retry, what }: FailedProps) {
  const t = texts().states;
  return (
    <div className="failed" role="alert">
      <p>
        <strong>{t.failed[what]}</strong> <Reason failure={failure} />
      </p>
      {failure.code === 'UNAUTHENTICATED' && <TokenForm />}
      <button type="button" className="button" onClick={retry}>
        {t.tryAgain}
      </button>
    </div>
  );
}

/** A place for the token that the server wants. */
function TokenForm() {
  const id = useId();
  const t = texts().states;
  return (
    <form
      className="token"
      onSubmit={(event) => {
        event.preventDefault();
        setToken(String(new FormData(event.currentTarget).get('token') ?? ''));
      }}
    >
      <label htmlFor={id}>{t.token}</label>
      <input id={id} name="token" type="password" autoComplete="off" required />
      <button type="submit" className="button">
        {t.useToken}
      </button>
    </form>
  );
}

/** Nothing matches: which filter to loosen. */
export function Empty({ view, change, options }: { view: View; change: Change; options: Options }) {
  const active = activeFilters(view, options);
  const t = texts().overview;
  return (
    <section className="empty">
      <h2>{t.empty.title}</h2>
      {active.length === 0 ? (
        <p>{t.empty.noGifts}</p>
      ) : (
        <>
          <p>{active.length === 1 ? t.empty.one : t.empty.several}</p>
          <ul className="chips">
            {active.map((filter) => (
              <li key={filter.name}>
                <button type="button" className="chip" onClick={() => change(filter.without)}>
                  <ActiveLabel filter={filter} /> <span aria-hidden="true">×</span>
                  <span className="unseen">{t.filters.takeAway}</span>
                </button>
              </li>
            ))}
            {active.length > 1 && (
              <li>
                <button type="button" className="plain" onClick={() => change(NO_FILTERS)}>
                  {t.empty.takeAll}
                </button>
              </li>
            )}
          </ul>
        </>
      )}
    </section>
  );
}
