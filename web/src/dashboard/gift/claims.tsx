// What the sources say: a claim with its source, its place in it and how certain it is; contradictions side by side.

import { at } from '../../base.ts';
import type { ReactNode } from 'react';
import { texts } from '../data/language.ts';
import { certaintyMeaning, certaintyWord, sourceWord } from '../data/words.ts';
import { Filled, Listed, OnDate, Said as Words } from '../parts/told.tsx';
import { pageOf } from '../router.tsx';
import { addressOf, contradictions, placeOf, type Claim, type Said } from './evidence.ts';

/** The place of a claim on the page. */
export const anchor = (code: string) => `claim-${code}`;

/** How the source puts it. */
export function CertaintyPill({ claim }: { claim: Pick<Said, 'certainty'> }) {
  return (
    <span className={`pill certainty ${claim.certainty.toLowerCase()}`} title={certaintyMeaning(claim.certainty)}>
      {certaintyWord(claim.certainty)}
    </span>
  );
}

/** Who said it, and where. */
export function Origin({ claim }: { claim: Said }) {
  const address = addressOf(claim);
  const place = placeOf(claim);
  const { source, attributions } = claim;
  const t = texts().gift.claims;
  const title = <Words>{source.title}</Words>;
  const named = address ? (
    <a href={address} rel="noreferrer nofollow">
      {title}
    </a>
  ) : (
    <cite>{title}</cite>
  );
  const who = attributions.map(({ to, scope }, index) => (
    <Filled key={index} text={scope === 'UNCERTAIN' ? t.perhaps : '{who}'} who={<Words>{to.title}</Words>} />
  ));
  return (
    <p className="origin">
      {who.length > 0 ? <Filled text={t.accordingTo} who={<Listed items={who} />} source={named} /> : named}
      {source.publisher && source.publisher !== source.title && (
        <>
          , <Words>{source.publisher}</Words>
        </>
      )}
      {source.published && (
        <>
          , <OnDate date={source.published} />
        </>
      )}
      {t.kind(sourceWord(source.kind))}
      {place && `, ${place}`}
    </p>
  );
}

interface EvidenceProps {
  /** The claims that name the figure itself. */
  own: Claim[];
  /** Others on the gift, in which more may be found. */
  others?: Claim[];
  what: ReactNode;
}

/** The claims behind a figure, folded until they are asked for: its own first, the others apart. */
export function Evidence({ own, others = [], what }: EvidenceProps) {
  if (own.length + others.length === 0) return <p className="evidence none">{texts().gift.claims.none}</p>;
  const t = texts().gift.claims;
  const disputed = own.filter(({ conflictsWith }) => conflictsWith.length > 0).length;
  return (
    <details className="evidence">
      <summary>
        {own.length > 0 ? texts().figures.claims(own.length) : t.onTheGift}
        <span className="unseen">
          <Filled text={t.about} what={what} />
        </span>
        {disputed > 0 && <span className="conflict">{t.contradicted(disputed)}</span>}
      </summary>
      <Claims claims={own} />
      {others.length > 0 && (
        <>
          <h3 className="others">{t.others}</h3>
          <Claims claims={others} />
        </>
      )}
    </details>
  );
}

function Claims({ claims }: { claims: Claim[] }) {
  if (claims.length === 0) return null;
  return (
    <ul>
      {claims.map((claim) => (
        <li key={claim.id}>
          <p>
            <a href={`#${anchor(claim.code)}`} className="code">
              {claim.code}
            </a>{' '}
            <Words>{claim.statement}</Words> <CertaintyPill claim={claim} />
          </p>
          <Origin claim={claim} />
          <Against claim={claim} known={claims} />
        </li>
      ))}
    </ul>
  );
}

/** Claims that cannot both be true, next to each other. */
export function Contradictions({ claims }: { claims: Claim[] }) {
  const groups = contradictions(claims);
  if (groups.length === 0) return null;
  const t = texts().gift.claims;
  return (
    <section className="card wide disputed" aria-labelledby="contradictions">
      <h2 id="contradictions">{t.disagree}</h2>
      <p className="lead">{t.disagreeLead}</p>
      {groups.map((group) => (
        <div className="pair" key={group.map(({ id }) => id).join(' ')}>
          {group.map((claim, index) => (
            <article key={claim.id} className="side" aria-label={t.side(index + 1, group.length)}>
              <ClaimBody claim={claim} />
            </article>
          ))}
        </div>
      ))}
    </section>
  );
}

function ClaimBody({ claim }: { claim: Said }) {
  return (
    <>
      <p className="claim-head">
        <span className="code">{claim.code}</span> <CertaintyPill claim={claim} />
      </p>
      <p className="statement">
        <Words>{claim.statement}</Words>
      </p>
      <Origin claim={claim} />
    </>
  );
}

/** Everything that is said about the gift, one after the other. */
export function AllClaims({ claims, total }: { claims: Claim[]; total: number }) {
  const t = texts().gift.claims;
  return (
    <section className="card wide" aria-labelledby="claims">
      <h2 id="claims">{t.title}</h2>
      <p className="lead">
        {t.lead(total)}
        {total > claims.length && ` ${t.firstOnes(claims.length)}`}
      </p>
      <ul className="claims">
        {claims.map((claim) => (
          <li key={claim.id} id={anchor(claim.code)} tabIndex={-1}>
            <ClaimBody claim={claim} />
            <Against claim={claim} known={claims} />
            {claim.dependsOn.length > 0 && (
              <p className="rests">
                <Filled text={t.restsOn} codes={<Codes claims={claim.dependsOn} known={claims} />} />
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Against({ claim, known }: { claim: Claim; known: Claim[] }) {
  if (claim.conflictsWith.length === 0) return null;
  return (
    <p className="against">
      <Filled
        text={texts().gift.claims.against}
        codes={<Codes claims={claim.conflictsWith} known={known} />}
      />
    </p>
  );
}

/** Codes with a link where the claim stands on this page. */
function Codes({ claims, known }: { claims: { id: string; code: string }[]; known: Claim[] }) {
  const links = claims.map(({ id, code }) => (
    <a
      key={id}
      href={known.some((one) => one.id === id) ? `#${anchor(code)}` : at(pageOf('claims', code))}
      className="code"
    >
      {code}
    </a>
  ));
  return <Listed items={links} />;
}
