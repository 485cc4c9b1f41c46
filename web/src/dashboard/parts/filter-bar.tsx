// What the gifts can be filtered by, and the filters that are set, each with a button that takes it away.

import { useEffect, useId, useRef, useState } from 'react';
import { isFiltered, NO_FILTERS, type DateMode, type Filters, type View } from '../data/address.ts';
import { CERTAINTIES, certaintyWord, MODES, modeWord, STATUSES, statusWord } from '../data/words.ts';
import type { Change } from '../overview.tsx';

export interface Item {
  value: string;
  label: string;
}

/** What can be chosen, as far as the data says it. */
export interface Options {
  nations: Item[];
  animals: Item[];
}

interface FilterBarProps {
  view: View;
  change: Change;
  options: Options;
  /** What the API has against the date that was typed. */
  dateError: string | null;
}

const items = <Word extends string>(words: Word[], label: (word: Word) => string): Item[] =>
  words.map((value) => ({ value, label: label(value) }));

const STATUS_ITEMS = items(STATUSES, statusWord);
const MODE_ITEMS = items(MODES, modeWord);
const CERTAINTY_ITEMS = items(CERTAINTIES, certaintyWord);

export function FilterBar({ view, change, options, dateError }: FilterBarProps) {
  const [isOpen, setOpen] = useState(false);
  const count = activeFilters(view, options).length;
  const set = (name: keyof Filters) => (value: string) => change({ [name]: value });
  return (
    <search className={`filters ${isOpen ? 'open' : ''}`} aria-label="Filter the gifts">
      <button type="button" className="button filters-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        Filters{count > 0 && ` (${count})`}
      </button>
      <div className="filter-grid">
        <Typed label="Words" value={view.text} set={(text) => change({ text }, 'replace')} hint="names, places, animals" />
        <Select label="Giver" any="Any nation" value={view.giver} items={options.nations} set={set('giver')} />
        <Select label="Recipient" any="Any nation" value={view.recipient} items={options.nations} set={set('recipient')} />
        <Select label="Animal" any="Any animal" value={view.animal} items={options.animals} set={set('animal')} />
        <DateFields view={view} change={change} error={dateError} />
        <Select label="Status" any="Any status" value={view.status} items={STATUS_ITEMS} set={set('status')} />
        <Select label="Way" any="Any way" value={view.mode} items={MODE_ITEMS} set={set('mode')} />
        <Select label="Certainty" any="Any certainty" value={view.certainty} items={CERTAINTY_ITEMS} set={set('certainty')} />
      </div>
    </search>
  );
}

interface SelectProps {
  label: string;
  any: string;
  value: string;
  items: Item[];
  set: (value: string) => void;
}

function Select({ label, any, value, items, set }: SelectProps) {
  const id = useId();
  const isListed = value === '' || items.some((item) => item.value === value);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} className={value ? 'set' : ''} onChange={(event) => set(event.target.value)}>
        <option value="">{any}</option>
        {!isListed && <option value={value}>{value}</option>}
        {items.map((item) => (
          <option key={item.value} value={item.value}>
            {item.label}
          </option>
        ))}
      </select>
    </div>
  );
}

interface TypedProps {
  label: string;
  value: string;
  set: (value: string) => void;
  hint: string;
  disabled?: boolean;
  error?: string | null;
}

/** How long nobody types before the question is asked, in milliseconds. */
const PAUSE = 350;

/** A field for words. What is typed waits for a pause. */
function Typed({ label, value, set, hint, disabled, error }: TypedProps) {
  const id = useId();
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);
  const latest = useRef(set);
  latest.current = set;

  // The address may change by itself: by the back button, or by a bar of a chart.
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value;
      setTyped(value);
    }
  }, [value]);

  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = wanted;
      latest.current(wanted);
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);

  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        value={typed}
        className={typed ? 'set' : ''}
        placeholder={hint}
        autoComplete="off"
        spellCheck={false}
        disabled={disabled}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        onChange={(event) => setTyped(event.target.value)}
      />
      {error && (
        <p className="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function DateFields({ view, change, error }: { view: View; change: Change; error: string | null }) {
  const id = useId();
  return (
    <>
      <Typed
        label="Date"
        value={view.date}
        set={(date) => change({ date, dates: view.dates === 'unknown' ? 'possible' : view.dates }, 'replace')}
        hint="1972, 197X, 1957/1965"
        error={error}
      />
      <div className="field">
        <label htmlFor={id}>The date lies</label>
        <select
          id={id}
          value={view.dates}
          className={view.date || view.dates === 'unknown' ? 'set' : ''}
          onChange={(event) => {
            const dates = event.target.value as DateMode;
            change({ dates, ...(dates === 'unknown' && { date: '' }) });
          }}
        >
          <option value="possible">possibly in this span</option>
          <option value="certain">certainly in this span</option>
          <option value="unknown">at an unknown time</option>
        </select>
      </div>
    </>
  );
}

/** A filter that is set, in words, with the change that takes it away. */
export interface Active {
  name: string;
  label: string;
  without: Partial<View>;
}

/** The filters that are set. */
export function activeFilters(view: View, options: Options): Active[] {
  const name = (items: Item[], value: string) => items.find((item) => item.value === value)?.label ?? value;
  const found: Active[] = [];
  const add = (key: keyof Filters, label: string) => {
    if (view[key]) found.push({ name: key, label, without: { [key]: '' } });
  };
  add('giver', `Giver: ${name(options.nations, view.giver)}`);
  add('recipient', `Recipient: ${name(options.nations, view.recipient)}`);
  add('nation', `Giver or recipient: ${name(options.nations, view.nation)}`);
  add('animal', `Animal: ${name(options.animals, view.animal)}`);
  add('family', `Family: ${view.family}`);
  add('order', `Order: ${view.order}`);
  add('class', `Class: ${view.class}`);
  if (view.status) add('status', `Status: ${statusWord(view.status)}`);
  if (view.mode) add('mode', `Way: ${modeWord(view.mode)}`);
  if (view.certainty) add('certainty', `Certainty: ${certaintyWord(view.certainty)}`);
  if (view.dates === 'unknown') found.push({ name: 'dates', label: 'No known date', without: { dates: 'possible' } });
  else if (view.date) {
    const label = `${view.dates === 'certain' ? 'Certainly' : 'Possibly'} in ${view.date}`;
    found.push({ name: 'date', label, without: { date: '', dates: 'possible' } });
  }
  add('text', `Words: ${view.text}`);
  return found;
}

interface ChipsProps {
  view: View;
  change: Change;
  options: Options;
  /** How many gifts are shown, in words. */
  shown: string;
  isPending: boolean;
}

/** The filters that are set, in a line that stays in sight. */
export function Chips({ view, change, options, shown, isPending }: ChipsProps) {
  if (!isFiltered(view)) return null;
  const active = activeFilters(view, options);
  if (active.length === 0) return null;
  return (
    <div className="active" aria-busy={isPending}>
      <strong>{shown}</strong>
      <ul className="chips" aria-label="Filters that are set">
        {active.map(({ name, label, without }) => (
          <li key={name}>
            <button type="button" className="chip" onClick={() => change(without)}>
              {label} <span aria-hidden="true">×</span>
              <span className="unseen">, take away</span>
            </button>
          </li>
        ))}
        <li>
          <button type="button" className="plain" onClick={() => change(NO_FILTERS)}>
            Clear all
          </button>
        </li>
      </ul>
    </div>
  );
}
