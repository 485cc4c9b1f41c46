// What the gifts can be filtered by, and the filters that are set, each with a button that takes it away.

import { useEffect, useId, useRef, useState } from 'react';
import { isFiltered, NO_FILTERS, type DateMode, type Filters, type View } from '../data/address.ts';
import { texts } from '../data/language.ts';
import { said, type Told } from '../data/told.ts';
import { CERTAINTIES, certaintyWord, MODES, modeWord, STATUSES, statusWord } from '../data/words.ts';
import type { Change } from '../overview.tsx';
import { Filled, Said, Telling } from './told.tsx';

export interface Item {
  value: string;
  label: Told;
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
  words.map((value) => ({ value, label: { text: label(value) } }));

export function FilterBar({ view, change, options, dateError }: FilterBarProps) {
  const [isOpen, setOpen] = useState(false);
  const count = activeFilters(view, options).length;
  const t = texts().overview.filters;
  const set = (name: keyof Filters) => (value: string) => change({ [name]: value });
  return (
    <search className={`filters ${isOpen ? 'open' : ''}`} aria-label={t.label}>
      <button type="button" className="button filters-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {t.toggle(count)}
      </button>
      <div className="filter-grid">
        <Typed label={t.text} value={view.text} set={(text) => change({ text }, 'replace')} hint={t.textHint} />
        <Select label={t.giver} any={t.anyNation} value={view.giver} items={options.nations} set={set('giver')} />
        <Select
          label={t.recipient}
          any={t.anyNation}
          value={view.recipient}
          items={options.nations}
          set={set('recipient')}
        />
        <Select label={t.animal} any={t.anyAnimal} value={view.animal} items={options.animals} set={set('animal')} />
        <DateFields view={view} change={change} error={dateError} />
        <Select
          label={t.status}
          any={t.anyStatus}
          value={view.status}
          items={items(STATUSES, statusWord)}
          set={set('status')}
        />
        <Select label={t.mode} any={t.anyMode} value={view.mode} items={items(MODES, modeWord)} set={set('mode')} />
        <Select
          label={t.certainty}
          any={t.anyCertainty}
          value={view.certainty}
          items={items(CERTAINTIES, certaintyWord)}
          set={set('certainty')}
        />
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
        {!isListed && (
          <option value={value} lang={said(value).lang}>
            {value}
          </option>
        )}
        {items.map((item) => (
          <option key={item.value} value={item.value} lang={item.label.lang}>
            {item.label.text}
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
          <Said>{error}</Said>
        </p>
      )}
    </div>
  );
}

function DateFields({ view, change, error }: { view: View; change: Change; error: string | null }) {
  const id = useId();
  const t = texts().overview.filters;
  return (
    <>
      <Typed
        label={t.date}
        value={view.date}
        set={(date) => change({ date, dates: view.dates === 'unknown' ? 'possible' : view.dates }, 'replace')}
        hint={t.dateHint}
        error={error}
      />
      <div className="field">
        <label htmlFor={id}>{t.dates}</label>
        <select
          id={id}
          value={view.dates}
          className={view.date || view.dates === 'unknown' ? 'set' : ''}
          onChange={(event) => {
            const dates = event.target.value as DateMode;
            change({ dates, ...(dates === 'unknown' && { date: '' }) });
          }}
        >
          <option value="possible">{t.possible}</option>
          <option value="certain">{t.certain}</option>
          <option value="unknown">{t.unknown}</option>
        </select>
      </div>
    </>
  );
}

/** A filter that is set, in words, with the change that takes it away. */
export interface Active {
  name: keyof Filters;
  /** A text with places for what is filtered by, and for its value. */
  label: string;
  value: Told;
  without: Partial<View>;
}

export function ActiveLabel({ filter: { name, label, value } }: { filter: Active }) {
  return <Filled text={label} name={texts().overview.filters[name]} value={<Telling told={value} />} />;
}

/** The filters that are set. */
export function activeFilters(view: View, options: Options): Active[] {
  const t = texts().overview.filters;
  const listed = (items: Item[], value: string) => items.find((item) => item.value === value)?.label ?? said(value);
  const found: Active[] = [];
  const add = (name: keyof Filters, value: Told) => {
    if (view[name]) found.push({ name, label: t.chip, value, without: { [name]: '' } });
  };
  add('giver', listed(options.nations, view.giver));
  add('recipient', listed(options.nations, view.recipient));
  add('nation', listed(options.nations, view.nation));
  add('animal', listed(options.animals, view.animal));
  add('family', said(view.family));
  add('order', said(view.order));
  add('class', said(view.class));
  if (view.status) add('status', { text: statusWord(view.status) });
  if (view.mode) add('mode', { text: modeWord(view.mode) });
  if (view.certainty) add('certainty', { text: certaintyWord(view.certainty) });
  const value = { text: view.date };
  if (view.dates === 'unknown') found.push({ name: 'dates', label: t.chipUndated, value, without: { dates: 'possible' } });
  else if (view.date) {
    const label = view.dates === 'certain' ? t.chipCertain : t.chipPossible;
    found.push({ name: 'date', label, value, without: { date: '', dates: 'possible' } });
  }
  add('text', { text: view.text });
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
  const t = texts().overview.filters;
  return (
    <div className="active" aria-busy={isPending}>
      <strong>{shown}</strong>
      <ul className="chips" aria-label={t.set}>
        {active.map((filter) => (
          <li key={filter.name}>
            <button type="button" className="chip" onClick={() => change(filter.without)}>
              <ActiveLabel filter={filter} /> <span aria-hidden="true">×</span>
              <span className="unseen">{t.takeAway}</span>
            </button>
          </li>
        ))}
        <li>
          <button type="button" className="plain" onClick={() => change(NO_FILTERS)}>
            {t.clear}
          </button>
        </li>
      </ul>
    </div>
  );
}
