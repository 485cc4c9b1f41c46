// The page of one gift: each figure with who said it, where, how certain, and what contradicts it.

import { has } from '../../base.ts';
import { graphiqlAddress } from '../data/filters.ts';
import { useAnswer } from '../data/use-answer.ts';
import { modeWord, plain, statusWord } from '../data/words.ts';
import { GiftDocument } from '../generated.ts';
import { Failed, Skeleton, Waiting } from '../parts/states.tsx';
import { Link, overviewAddress, pageOf, useTitle } from '../router.tsx';
import { AllClaims, Contradictions, Evidence } from './claims.tsx';
import { claimsAbout, type Gift } from './evidence.ts';
import { Figures, History, Items } from './figures.tsx';

export function GiftPage({ slug }: { slug: string }) {
  const { data, failure, isPending, retry } = useAnswer(GiftDocument, { slug });
  const gift = data?.gift ?? null;
  useTitle(gift?.title ?? (data ? 'No such gift' : 'A gift'));
  return (
    <div className="gift-page" aria-busy={isPending}>
      <nav aria-label="Back">
        <Link href={overviewAddress()}>← All gifts</Link>
      </nav>
      {failure && <Failed failure={failure} retry={retry} what="This gift" />}
      {gift && <Whole gift={gift} />}
      {data && !gift && (
        <>
          <h1>No such gift</h1>
          <p className="hero-lead">
            There is no gift named <code>{slug}</code>. <Link href="/">Look through all gifts</Link>, or search for it.
          </p>
        </>
      )}
      {!data && !failure && (
        <>
          <h1>
            <Waiting />
          </h1>
          <div className="card wide">
            <Skeleton lines={12} height={20} />
          </div>
        </>
      )}
    </div>
  );
}

function Whole({ gift }: { gift: Gift }) {
  const { event } = gift;
  return (
    <>
      <h1>{gift.title}</h1>
      <p className="route">
        <Link href={pageOf('nations', gift.giver.slug)}>{gift.giver.name}</Link>{' '}
        <span aria-label="to">→</span>{' '}
        <Link href={pageOf('nations', gift.recipient.slug)}>{gift.recipient.name}</Link>
        <span className="pill">{statusWord(gift.status)}</span>
        <span className="pill quiet">{gift.mode === 'UNSPECIFIED' ? 'Way not said' : modeWord(gift.mode)}</span>
      </p>
      <Figures gift={gift} />
      <Contradictions claims={gift.claims.nodes} />
      <Items gift={gift} />
      <div className="two">
        <History gift={gift} />
        {event && (
          <section className="card" aria-labelledby="event">
            <h2 id="event">The event that it belongs to</h2>
            <h3>
              <Link href={pageOf('events', event.slug)}>{event.title}</Link>
            </h3>
            <p className="details">
              {[plain(event.kind), event.date?.text, event.status && plain(event.status).toLowerCase()]
                .filter(Boolean)
                .join(' · ')}
            </p>
            <p>{event.summary}</p>
            <Evidence own={claimsAbout(gift, event.id)} what="the event" />
          </section>
        )}
      </div>
      <AllClaims claims={gift.claims.nodes} total={gift.claims.totalCount} />
      <p className="links">
        {has('graphiql') && <a href={graphiqlAddress(GiftDocument, { slug: gift.slug })}>Open in GraphiQL</a>}
      </p>
    </>
  );
}
