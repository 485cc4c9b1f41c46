// The page of one gift: each figure with who said it, where, how certain, and what contradicts it.

import { has } from '../../base.ts';
import { graphiqlAddress } from '../data/filters.ts';
import { useAnswer } from '../data/use-answer.ts';
import { texts } from '../data/language.ts';
import { eventKindWord, eventStatusWord, inLine, modeWord, statusWord } from '../data/words.ts';
import { GiftDocument } from '../generated.ts';
import { Failed, Skeleton, Waiting } from '../parts/states.tsx';
import { Details, Filled, NationName, OnDate, Said } from '../parts/told.tsx';
import { Link, overviewAddress, pageOf, useTitle } from '../router.tsx';
import { AllClaims, Contradictions, Evidence } from './claims.tsx';
import { claimsAbout, type Gift } from './evidence.ts';
import { Figures, History, Items } from './figures.tsx';

export function GiftPage({ slug }: { slug: string }) {
  const { data, failure, isPending, retry } = useAnswer(GiftDocument, { slug });
  const gift = data?.gift ?? null;
  const t = texts().gift.page;
  useTitle(gift?.title ?? (data ? t.missing : t.title));
  return (
    <div className="gift-page" aria-busy={isPending}>
      <nav aria-label={t.back}>
        <Link href={overviewAddress()}>{t.backToAll}</Link>
      </nav>
      {failure && <Failed failure={failure} retry={retry} what="gift" />}
      {gift && <Whole gift={gift} />}
      {data && !gift && (
        <>
          <h1>{t.missing}</h1>
          <p className="hero-lead">
            <Filled
              text={t.missingLead}
              slug={<code>{slug}</code>}
              all={(words) => <Link href="/">{words}</Link>}
            />
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
  const t = texts().gift.page;
  return (
    <>
      <h1>
        <Said>{gift.title}</Said>
      </h1>
      <p className="route">
        <Link href={pageOf('nations', gift.giver.slug)}>
          <NationName nation={gift.giver} />
        </Link>{' '}
        <span aria-label={texts().overview.table.to}>→</span>{' '}
        <Link href={pageOf('nations', gift.recipient.slug)}>
          <NationName nation={gift.recipient} />
        </Link>
        <span className="pill">{statusWord(gift.status)}</span>
        <span className="pill quiet">{gift.mode === 'UNSPECIFIED' ? t.modeUnsaid : modeWord(gift.mode)}</span>
      </p>
      <Figures gift={gift} />
      <Contradictions claims={gift.claims.nodes} />
      <Items gift={gift} />
      <div className="two">
        <History gift={gift} />
        {event && (
          <section className="card" aria-labelledby="event">
            <h2 id="event">{t.event}</h2>
            <h3>
              <Link href={pageOf('events', event.slug)}>
                <Said>{event.title}</Said>
              </Link>
            </h3>
            <p className="details">
              <Details
                items={[
                  eventKindWord(event.kind),
                  event.date && <OnDate date={event.date} />,
                  event.status && inLine(eventStatusWord(event.status)),
                ]}
              />
            </p>
            {event.summary && (
              <p>
                <Said>{event.summary}</Said>
              </p>
            )}
            <Evidence own={claimsAbout(gift, event.id)} what={t.theEvent} />
          </section>
        )}
      </div>
      <AllClaims claims={gift.claims.nodes} total={gift.claims.totalCount} />
      <p className="links">
        {has('graphiql') && <a href={graphiqlAddress(GiftDocument, { slug: gift.slug })}>{texts().overview.table.openInGraphiql}</a>}
      </p>
    </>
  );
}
