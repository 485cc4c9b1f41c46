// The gifts one by one, page by page through the API's own connection.

import { useRef } from 'react';
import { has } from '../../base.ts';
import type { View } from '../data/address.ts';
import {
  exportAddress,
  filterOf,
  graphiqlAddress,
  isDateRefused,
  orderOf,
  PAGE_SIZE,
  pageOf,
} from '../data/filters.ts';
import { bounds } from '../data/format.ts';
import { texts } from '../data/language.ts';
import { useAnswer } from '../data/use-answer.ts';
import { modeWord, statusWord } from '../data/words.ts';
import { GiftsDocument, type GiftOrderField, type GiftsQuery } from '../generated.ts';
import type { Change } from '../overview.tsx';
import { giftAddress, Link } from '../router.tsx';
import { Failed } from './states.tsx';
import { AnimalName, Listed, NationName, OnDate, Said } from './told.tsx';

type Gift = NonNullable<GiftsQuery['gifts']>['nodes'][number];

/** How many kinds of animals a row names. */
const FEW = 3;

export function GiftTable({ view, change }: { view: View; change: Change }) {
  const where = filterOf(view);
  const variables = { where, orderBy: orderOf(view), ...pageOf(view) };
  const { data, failure, isPending, retry } = useAnswer(GiftsDocument, variables);
  const heading = useRef<HTMLHeadingElement>(null);
  const gifts = data?.gifts ?? null;

  function turn(page: Pick<View, 'after' | 'before'>) {
    change(page);
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'start' });
  }

  // What is wrong with the date stands beside its field; what was there before stays, and can be seen to be old.
  const isRefused = failure !== null && isDateRefused(failure.code, failure.message);
  if (isRefused && !gifts) return null;
  const t = texts().overview.table;
  const { hasPreviousPage = false, hasNextPage = false, startCursor, endCursor } = gifts?.pageInfo ?? {};
  return (
    <section className={`card wide gifts ${isRefused ? 'stale' : ''}`} aria-labelledby="gifts" aria-busy={isPending}>
      <div className="card-head">
        <div>
          <h2 id="gifts" tabIndex={-1} ref={heading}>
            {t.title}
          </h2>
          <p className="lead">{gifts ? t.total(gifts.totalCount) : failure ? '' : texts().states.loading}</p>
        </div>
        <p className="tools links">
          <a href={exportAddress(view, 'csv')}>CSV</a>
          <a href={exportAddress(view, 'ndjson')}>NDJSON</a>
          {has('graphiql') && <a href={graphiqlAddress(GiftsDocument, variables)}>{t.openInGraphiql}</a>}
        </p>
      </div>
      {failure && !isRefused && <Failed failure={failure} retry={retry} what="gifts" />}
      {(gifts || !failure) && (
        <table className="gift-table" role="table">
          <caption className="unseen">{t.caption(PAGE_SIZE)}</caption>
          <thead role="rowgroup">
            <tr role="row">
              <Sorter view={view} change={change} field="DATE" name={t.date} />
              <Sorter view={view} change={change} field="TITLE" name={t.gift} />
              <th scope="col" role="columnheader">
                {t.route}
              </th>
              <th scope="col" role="columnheader">
                {t.animals}
              </th>
              <Sorter view={view} change={change} field="TOTAL" name={t.howMany} />
              <th scope="col" role="columnheader">
                {t.status}
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {gifts ? gifts.nodes.map((gift) => <Row key={gift.id} gift={gift} />) : <Waiting />}
          </tbody>
        </table>
      )}
      {gifts && (hasPreviousPage || hasNextPage) && (
        <nav className="pages" aria-label={t.pages}>
          <button
            type="button"
            className="button"
            disabled={!hasPreviousPage}
            onClick={() => turn({ after: '', before: startCursor ?? '' })}
          >
            {t.previous}
          </button>
          <button
            type="button"
            className="button"
            disabled={!hasNextPage}
            onClick={() => turn({ after: endCursor ?? '', before: '' })}
          >
            {t.next}
          </button>
        </nav>
      )}
    </section>
  );
}

interface SorterProps {
  view: View;
  change: Change;
  field: GiftOrderField;
  name: string;
}

function Sorter({ view, change, field, name }: SorterProps) {
  const isSorted = view.sort === field;
  const sorted = isSorted ? (view.descending ? 'descending' : 'ascending') : 'none';
  // Names are read from A on; dates and numbers are more of interest from the other end.
  const next = isSorted ? !view.descending : field !== 'TITLE';
  return (
    <th scope="col" role="columnheader" aria-sort={sorted}>
      <button type="button" className="sorter" onClick={() => change({ sort: field, descending: next })}>
        {name} <span aria-hidden="true">{isSorted ? (view.descending ? '↓' : '↑') : '↕'}</span>
      </button>
    </th>
  );
}

function Row({ gift }: { gift: Gift }) {
  const named = gift.items.slice(0, FEW);
  const more = gift.items.length - named.length;
  const t = texts().overview.table;
  const animals = named.map(({ animal }) => <AnimalName key={animal.slug} animal={animal} />);
  return (
    <tr role="row">
      <td role="cell" className="when">
        {gift.date ? (
          <>
            <OnDate date={gift.date} />
            {gift.date.inferred.length > 0 && <Inferred />}
          </>
        ) : (
          <span className="open">{texts().figures.unknown}</span>
        )}
      </td>
      <th scope="row" role="rowheader">
        <Link href={giftAddress(gift.slug)}>
          <Said>{gift.title}</Said>
        </Link>
        {gift.claims.nodes.length > 0 && (
          <span className="conflict" title={t.disagreeing}>
            {t.disagree}
          </span>
        )}
      </th>
      <td role="cell">
        <NationName nation={gift.giver} /> <span aria-label={t.to}>→</span> <NationName nation={gift.recipient} />
      </td>
      <td role="cell" className="animals">
        {more > 0 ? <Listed items={[...animals, texts().figures.more(more)]} isWhole /> : <Listed items={animals} />}
      </td>
      <td role="cell" className="count" data-name={t.howManyHere}>
        <HowMany gift={gift} />
      </td>
      <td role="cell" className="status">
        <span className="pill">{statusWord(gift.status)}</span>{' '}
        {gift.mode !== 'GIFT' && gift.mode !== 'UNSPECIFIED' && (
          <span className="pill quiet">{modeWord(gift.mode)}</span>
        )}
      </td>
    </tr>
  );
}

export function Inferred() {
  const t = texts().overview.table;
  return (
    <span className="inferred" title={t.inferredMeans}>
      {t.inferred}
    </span>
  );
}

/** What a source says in all; else what the items add up to, which is marked. */
function HowMany({ gift }: { gift: Gift }) {
  const count = gift.total ?? gift.itemsTotal;
  const t = texts().overview.table;
  if (count.max === null && !count.min) return <span className="open">{texts().figures.unknown}</span>;
  return (
    <>
      <span className={count.max === null ? 'open' : ''}>{bounds(count)}</span>
      {!gift.total && (
        <span className="inferred" title={t.summedMeans}>
          {t.summed}
        </span>
      )}
    </>
  );
}

function Waiting() {
  return Array.from({ length: PAGE_SIZE }, (_, index) => (
    <tr role="row" key={index} aria-hidden="true">
      <td role="cell" colSpan={6}>
        <span className="skeleton-line" />
      </td>
    </tr>
  ));
}
