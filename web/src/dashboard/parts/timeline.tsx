// Gifts and events side by side, the latest first. Asked for only when it is opened: the page itself needs two answers.

import { useEffect, useState } from 'react';
import type { View } from '../data/address.ts';
import { ask, failureOf, type Failure } from '../data/client.ts';
import { texts } from '../data/language.ts';
import { TimelineDocument, type TimelineFilter, type TimelineQuery } from '../generated.ts';
import { giftAddress, Link } from '../router.tsx';
import { Failed, Skeleton } from './states.tsx';
import { OnDate, Said } from './told.tsx';

type Entry = NonNullable<TimelineQuery['timeline']>['nodes'][number];

const PAGE_SIZE = 30;

export function Timeline({ view }: { view: View }) {
  const [isOpen, setOpen] = useState(false);
  const where = timelineFilter(view);
  return (
    <details className="card wide timeline" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>{texts().overview.timeline.title}</h2>
      </summary>
      {isOpen && <Entries key={JSON.stringify(where)} where={where} />}
    </details>
  );
}

/** As much of the filters as events have too: the nation and the date. */
function timelineFilter(view: View): TimelineFilter | undefined {
  const slugs = [view.giver, view.recipient, view.nation].filter(Boolean);
  const filter: TimelineFilter = {};
  if (slugs.length > 0) filter.nation = { slug: { in: slugs } };
  if (view.dates === 'unknown') filter.date = { known: false };
  else if (view.date) {
    filter.date = view.dates === 'certain' ? { within: view.date } : { overlaps: view.date, known: true };
  }
  return Object.keys(filter).length > 0 ? filter : undefined;
}

function Entries({ where }: { where: TimelineFilter | undefined }) {
  const [entries, setEntries] = useState<Entry[]>([]);
  const [total, setTotal] = useState<number | null>(null);
  const [after, setAfter] = useState<string | undefined>(undefined);
  const [end, setEnd] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const leave = new AbortController();
    ask(TimelineDocument, { first: PAGE_SIZE, where, after }, leave.signal).then(
      ({ data: { timeline } }) => {
        setEntries((before) => (after ? [...before, ...timeline.nodes] : timeline.nodes));
        setTotal(timeline.totalCount);
        setEnd(timeline.pageInfo.hasNextPage ? timeline.pageInfo.endCursor : null);
        setFailure(null);
      },
      (error: unknown) => {
        if (!leave.signal.aborted) setFailure(failureOf(error));
      },
    );
    return () => leave.abort();
    // The filter is in the key of this component: another one begins anew.
  }, [after, attempt]);

  if (failure) return <Failed failure={failure} retry={() => setAttempt((last) => last + 1)} what="timeline" />;
  if (total === null) return <Skeleton lines={8} height={18} />;
  const t = texts().overview.timeline;
  return (
    <>
      <p className="lead">{t.lead(total)}</p>
      <ol className="strip">
        {entries.map((entry) => {
          if (entry.__typename === 'Gift') {
            return (
              <li key={entry.id} className="gift">
                <span className="when"><OnDate date={entry.date} /></span>
                <Link href={giftAddress(entry.slug)}>
                  <Said>{entry.title}</Said>
                </Link>
              </li>
            );
          }
          return (
            <li key={entry.id} className="event">
              <span className="when"><OnDate date={entry.date} /></span>
              <span>
                <Said>{entry.title}</Said> <span className="pill quiet">{t.event}</span>
              </span>
            </li>
          );
        })}
      </ol>
      {end && (
        <button type="button" className="button" onClick={() => setAfter(end)}>
          {t.more}
        </button>
      )}
    </>
  );
}
