// What the sources say: a claim with its source, its place in it and how certain it is; contradictions side by side.

import { at } from '../../base.ts';
import { pageOf } from '../router.tsx';
import { certaintyMeaning, certaintyWord, sourceWord } from '../data/words.ts';
import { number, plural } from '../data/format.ts';
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
  return (
    <p className="origin">
      {attributions.length > 0 && (
        <>
          According to{' '}
          {attributions.map(({ to, scope }) => to.title + (scope === 'UNCERTAIN' ? ' (perhaps)' : '')).join(', ')}
          {', in '}
        </>
      )}
      {address ? (
        <a href={address} rel="noreferrer nofollow">
          {source.title}
        </a>
      ) : (
        <cite>{source.title}</cite>
      )}
      {source.publisher && source.publisher !== source.title && `, ${source.publisher}`}
      {source.published && `, ${source.published.text}`}
      {` (${sourceWord(source.kind)})`}
      {place && `, ${place}`}
    </p>
  );
}

interface EvidenceProps {
  /** The claims that name the figure itself. */
  own: Claim[];
  /** Others on the gift, in which more may be found. */
  others?: Claim[];
  what: string;
}

/** The claims behind a figure, folded until they are asked for: its own first, the others apart. */
export function Evidence({ own, others = [], what }: EvidenceProps) {
  if (own.length + others.length === 0) return <p className="evidence none">No claim is on record for this.</p>;
  const disputed = own.filter(({ conflictsWith }) => conflictsWith.length > 0).length;
  return (
    <details className="evidence">
      <summary>
        {own.length > 0 ? plural(own.length, 'claim') : 'Claims on the gift'}
        <span className="unseen"> about {what}</span>
        {disputed > 0 && <span className="conflict">{number(disputed)} contradicted</span>}
      </summary>
      <Listed claims={own} />
      {others.length > 0 && (
        <>
          <h3 className="others">Other claims on the gift</h3>
          <Listed claims={others} />
        </>
      )}
    </details>
  );
}

function Listed({ claims }: { claims: Claim[] }) {
  if (claims.length === 0) return null;
  return (
    <ul>
      {claims.map((claim) => (
        <li key={claim.id}>
          <p>
            <a href={`#${anchor(claim.code)}`} className="code">
              {claim.code}
            </a>{' '}
            {claim.statement} <CertaintyPill claim={claim} />
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
  return (
    <section className="card wide disputed" aria-labelledby="contradictions">
      <h2 id="contradictions">Where the sources disagree</h2>
      <p className="lead">All sides are kept; none is made to win.</p>
      {groups.map((group) => (
        <div className="pair" key={group.map(({ id }) => id).join(' ')}>
          {group.map((claim, index) => (
            <article key={claim.id} className="side" aria-label={`Side ${index + 1} of ${group.length}`}>
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
      <p className="statement">{claim.statement}</p>
      <Origin claim={claim} />
    </>
  );
}

/** Everything that is said about the gift, one after the other. */
export function AllClaims({ claims, total }: { claims: Claim[]; total: number }) {
  return (
    <section className="card wide" aria-labelledby="claims">
      <h2 id="claims">What the sources say</h2>
      <p className="lead">
        {plural(total, 'claim')}, in our words; how certain each is says how its source speaks, not whether it is true.
        {total > claims.length && ` The first ${claims.length} are shown.`}
      </p>
      <ul className="claims">
        {claims.map((claim) => (
          <li key={claim.id} id={anchor(claim.code)} tabIndex={-1}>
            <ClaimBody claim={claim} />
            <Against claim={claim} known={claims} />
            {claim.dependsOn.length > 0 && (
              <p className="rests">
                Rests on <Codes claims={claim.dependsOn} known={claims} />
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
      Contradicted by <Codes claims={claim.conflictsWith} known={known} />
    </p>
  );
}

/** Codes with a link where the claim stands on this page. */
function Codes({ claims, known }: { claims: { id: string; code: string }[]; known: Claim[] }) {
  return claims.map(({ id, code }, index) => (
    <span key={id}>
      {index > 0 && ', '}
      <a
        href={known.some((one) => one.id === id) ? `#${anchor(code)}` : at(pageOf('claims', code))}
        className="code"
      >
        {code}
      </a>
    </span>
  ));
}
