// The figures of a gift: how many, when, from where to where, by whom; each with the claims behind it.

import type { ReactNode } from 'react';
import { bounds, type Bounds } from '../data/format.ts';
import { conservationWord, statusWord } from '../data/words.ts';
import { Inferred } from '../parts/gift-table.tsx';
import { anchor, Evidence } from './claims.tsx';
import { claimOf, claimsAbout, claimsOfTheStatus, claimsOfTheWhole, type Claim, type Gift } from './evidence.ts';

/** A count in words, with those of the source. */
function Counted({ count }: { count: Bounds & { phrase?: string | null } }) {
  return (
    <>
      <span className={count.max === null ? 'open' : ''}>{bounds(count)}</span>
      {count.phrase && <span className="phrase"> “{count.phrase}”</span>}
    </>
  );
}

interface FigureProps {
  name: string;
  isInferred?: boolean;
  note?: ReactNode;
  /** The claims that name it. */
  claims: Claim[];
  /** Where more may be found. */
  others?: Claim[];
  children: ReactNode;
}

function Figure({ name, isInferred = false, note, claims, others = [], children }: FigureProps) {
  return (
    <div className="fact">
      <dt>
        {name} {isInferred && <Inferred />}
      </dt>
      <dd>
        <p className="fact-value">{children}</p>
        {note && <p className="fact-note">{note}</p>}
        <Evidence own={claims} others={others.filter((one) => !claims.includes(one))} what={name.toLowerCase()} />
      </dd>
    </div>
  );
}

export function Figures({ gift }: { gift: Gift }) {
  const whole = claimsOfTheWhole(gift);
  const isInferred = (field: string) => gift.inferred.includes(field);
  const { total, itemsTotal, occasions, date: when, origin, destination } = gift;
  return (
    <section className="card wide" aria-labelledby="figures">
      <h2 id="figures">The figures</h2>
      <p className="lead">
        Each with the claim that it rests on, where one is named, and then the other claims on the gift.
      </p>
      <dl className="facts">
        <Figure
          name="Total"
          isInferred={isInferred('total')}
          claims={claimOf(gift, total)}
          others={whole}
          note={!total && 'No source gives a total.'}
        >
          {total ? <Counted count={total} /> : <span className="open">unknown</span>}
        </Figure>
        <Figure
          name="Animals that are listed"
          claims={gift.items.flatMap(({ animal }) => claimsAbout(gift, animal.id)).filter(isFirst)}
          note="The sum of the list below, computed; it does not replace the total."
        >
          {itemsTotal.max === null && !itemsTotal.min ? <span className="open">unknown</span> : bounds(itemsTotal)}
        </Figure>
        {occasions && (
          <Figure
            name="Occasions"
            isInferred={isInferred('occasions')}
            claims={claimOf(gift, occasions)}
            others={whole}
          >
            <Counted count={occasions} />
          </Figure>
        )}
        <Figure
          name="Date"
          isInferred={(when?.inferred.length ?? 0) > 0 || isInferred('date')}
          claims={claimOf(gift, when)}
          others={whole}
          note={when && dateNote(when)}
        >
          {when ? when.text : <span className="open">unknown</span>}
        </Figure>
        <Figure name="Status" isInferred={isInferred('status')} claims={claimsOfTheStatus(gift)}>
          {statusWord(gift.status)}
        </Figure>
        <Figure
          name="Giver"
          isInferred={isInferred('giver')}
          claims={claimsAbout(gift, gift.giver.id)}
          note={person('Handed over by', gift.presentedBy)}
        >
          {gift.giver.name}
          {gift.onBehalfOf && <small>, on behalf of {named(gift.onBehalfOf)}</small>}
        </Figure>
        <Figure
          name="Recipient"
          isInferred={isInferred('recipient')}
          claims={claimsAbout(gift, gift.recipient.id)}
          note={person('Taken by', gift.presentedTo)}
        >
          {gift.recipient.name}
        </Figure>
        {origin && (
          <Figure name="From" isInferred={isInferred('origin')} claims={[]} others={whole} note={openNote(origin)}>
            {placeName(origin)}
          </Figure>
        )}
        {destination && (
          <Figure name="To" isInferred={isInferred('destination')} claims={[]} others={whole} note={openNote(destination)}>
            {placeName(destination)}
          </Figure>
        )}
      </dl>
    </section>
  );
}

function isFirst(claim: Claim, index: number, all: Claim[]): boolean {
  return all.findIndex(({ id }) => id === claim.id) === index;
}

function dateNote(when: NonNullable<Gift['date']>): string {
  const span = `${when.calendar === 'JULIAN' ? 'In the Gregorian calendar between' : 'Between'} ${when.earliest ?? 'an unknown day'} and ${when.latest ?? 'an unknown day'}`;
  const phrase = when.phrase ? ` The source’s words: “${when.phrase}”.` : '';
  const inferred =
    when.inferred.length > 0 ? ` Concluded from elsewhere: ${when.inferred.join(', ').toLowerCase()}.` : '';
  const isDay = when.earliest === when.latest && when.earliest && when.calendar === 'GREGORIAN';
  return `${isDay ? `EDTF ${when.edtf}` : `${span} (EDTF ${when.edtf})`}.${phrase}${inferred}`;
}

function named({ name, office }: { name: string; office: string | null }): string {
  return office ? `${name}, ${office}` : name;
}

function person(verb: string, who: { name: string; office: string | null } | null): string | null {
  return who && `${verb} ${named(who)}`;
}

function placeName({ name, city, nation }: NonNullable<Gift['origin']>): string {
  return [name, city !== name && !name.includes(city ?? '\n') ? city : null, nation?.name].filter(Boolean).join(', ');
}

function openNote({ open }: NonNullable<Gift['origin']>): string | null {
  return open && `Open ${open.text}`;
}

export function Items({ gift }: { gift: Gift }) {
  return (
    <section className="card wide" aria-labelledby="items">
      <h2 id="items">The animals</h2>
      <p className="lead">Those that the sources name; there may have been more.</p>
      <ul className="items">
        {gift.items.map((item, index) => (
          <li key={index}>
            <p className="item-count">
              {item.count ? <Counted count={item.count} /> : <span className="open">unknown</span>}
            </p>
            <div>
              <h3>
                {item.animal.commonName}
                {item.animal.scientificName && <i> {item.animal.scientificName}</i>}
              </h3>
              <p className="details">
                {[
                  item.names.length > 0 && `named ${item.names.join(', ')}`,
                  item.attributes.join(', '),
                  item.speciesCount && `${item.speciesCount.text} species`,
                  item.status && statusWord(item.status).toLowerCase(),
                  item.animal.conservation && `Red List: ${conservationWord(item.animal.conservation.category)}`,
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </p>
              {item.otherReadings.map(({ note, count, speciesCount }) => (
                <p key={note} className="reading">
                  <strong>
                    Another reading: {count?.text ?? 'unknown'}
                    {speciesCount && `, ${speciesCount.text} species`}.
                  </strong>{' '}
                  {note}
                </p>
              ))}
              <Evidence
                own={claimOf(gift, item.count)}
                others={claimsAbout(gift, item.animal.id).filter(({ id }) => id !== item.count?.claim?.id)}
                what={item.animal.commonName}
              />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function History({ gift }: { gift: Gift }) {
  if (gift.statusHistory.length === 0) return null;
  return (
    <section className="card wide" aria-labelledby="history">
      <h2 id="history">What became of it</h2>
      <ol className="history">
        {gift.statusHistory.map(({ status, note, date: when, claim }, index) => (
          <li key={index}>
            <p>
              <span className="pill">{statusWord(status)}</span>{' '}
              {when ? when.text : <span className="details">no date</span>}
            </p>
            <p className="details">
              {note}{' '}
              {claim && (
                <a href={`#${anchor(claim.code)}`} className="code">
                  {claim.code}
                </a>
              )}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
