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
import { bounds, number } from '../data/format.ts';
import { useAnswer } from '../data/use-answer.ts';
import { modeWord, statusWord } from '../data/words.ts';
import { GiftsDocument, type GiftOrderField, type GiftsQuery } from '../generated.ts';
import type { Change } from '../overview.tsx';
import { giftAddress, Link } from '../router.tsx';
import { Failed } from './states.tsx';

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
  const { hasPreviousPage = false, hasNextPage = false, startCursor, endCursor } = gifts?.pageInfo ?? {};
  return (
    <section className={`card wide gifts ${isRefused ? 'stale' : ''}`} aria-labelledby="gifts" aria-busy={isPending}>
      <div className="card-head">
        <div>
          <h2 id="gifts" tabIndex={-1} ref={heading}>
            The gifts
          </h2>
          <p className="lead">{gifts ? `${number(gifts.totalCount)} in all` : failure ? '' : 'loading'}</p>
        </div>
        <p className="tools links">
          <a href={exportAddress(view, 'csv')}>CSV</a>
          <a href={exportAddress(view, 'ndjson')}>NDJSON</a>
          {has('graphiql') && <a href={graphiqlAddress(GiftsDocument, variables)}>Open in GraphiQL</a>}
        </p>
      </div>
      {failure && !isRefused && <Failed failure={failure} retry={retry} what="The list of gifts" />}
      {(gifts || !failure) && (
        <table className="gift-table" role="table">
          <caption className="unseen">Gifts, {PAGE_SIZE} to a page</caption>
          <thead role="rowgroup">
            <tr role="row">
              <Sorter view={view} change={change} field="DATE" name="Date" />
              <Sorter view={view} change={change} field="TITLE" name="Gift" />
              <th scope="col" role="columnheader">
                From and to
              </th>
              <th scope="col" role="columnheader">
                Animals
              </th>
              <Sorter view={view} change={change} field="TOTAL" name="How many" />
              <th scope="col" role="columnheader">
                Status
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {gifts ? gifts.nodes.map((gift) => <Row key={gift.id} gift={gift} />) : <Waiting />}
          </tbody>
        </table>
      )}
      {gifts && (hasPreviousPage || hasNextPage) && (
        <nav className="pages" aria-label="Pages of the list">
          <button
            type="button"
            className="button"
            disabled={!hasPreviousPage}
            onClick={() => turn({ after: '', before: startCursor ?? '' })}
          >
            ← Previous
          </button>
          <button
            type="button"
            className="button"
            disabled={!hasNextPage}
            onClick={() => turn({ after: endCursor ?? '', before: '' })}
          >
            Next →
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
  return (
    <tr role="row">
      <td role="cell" className="when">
        {gift.date ? (
          <>
            {gift.date.text}
            {gift.date.inferred.length > 0 && <Inferred />}
          </>
        ) : (
          <span className="open">unknown</span>
        )}
      </td>
      <th scope="row" role="rowheader">
        <Link href={giftAddress(gift.slug)}>{gift.title}</Link>
        {gift.claims.nodes.length > 0 && (
          <span className="conflict" title="Sources contradict each other about this gift">
            sources disagree
          </span>
        )}
      </th>
      <td role="cell">
        {gift.giver.name} <span aria-label="to">→</span> {gift.recipient.name}
      </td>
      <td role="cell" className="animals">
        {named.map(({ animal }) => animal.commonName).join(', ')}
        {more > 0 && ` and ${number(more)} more`}
      </td>
      <td role="cell" className="count">
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
  return (
    <span className="inferred" title="Not said by the source: concluded from elsewhere">
      inferred
    </span>
  );
}

/** What a source says in all; else what the items add up to, which is marked. */
function HowMany({ gift }: { gift: Gift }) {
  const count = gift.total ?? gift.itemsTotal;
  if (count.max === null && !count.min) return <span className="open">unknown</span>;
  return (
    <>
      <span className={count.max === null ? 'open' : ''}>{bounds(count)}</span>
      {!gift.total && (
        <span className="inferred" title="The sum of the animals that are listed; no source gives a total">
          summed
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
