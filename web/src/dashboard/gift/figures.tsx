// The figures of a gift: how many, when, from where to where, by whom; each with the claims behind it.

import type { ReactNode } from 'react';
import { bounds, dayInWords, type Bounds } from '../data/format.ts';
import { texts } from '../data/language.ts';
import { conservationWord, datePartWord, inLine, statusWord } from '../data/words.ts';
import { Inferred } from '../parts/gift-table.tsx';
import { AnimalName, Details, Filled, Listed, NationName, OnDate, Said } from '../parts/told.tsx';
import { anchor, Evidence } from './claims.tsx';
import { claimOf, claimsAbout, claimsOfTheStatus, claimsOfTheWhole, type Claim, type Gift } from './evidence.ts';

/** A count in words, with those of the source. */
function Counted({ count }: { count: Bounds & { phrase?: string | null } }) {
  return (
    <>
      <span className={count.max === null ? 'open' : ''}>{bounds(count)}</span>
      {count.phrase && (
        <span className="phrase">
          {' '}
          <Filled text={texts().gift.figures.phrase} phrase={<Said>{count.phrase}</Said>} />
        </span>
      )}
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
        <Evidence own={claims} others={others.filter((one) => !claims.includes(one))} what={inLine(name)} />
      </dd>
    </div>
  );
}

export function Figures({ gift }: { gift: Gift }) {
  const whole = claimsOfTheWhole(gift);
  const isInferred = (field: string) => gift.inferred.includes(field);
  const { total, itemsTotal, occasions, date: when, origin, destination } = gift;
  const t = texts().gift.figures;
  const unknown = <span className="open">{texts().figures.unknown}</span>;
  return (
    <section className="card wide" aria-labelledby="figures">
      <h2 id="figures">{t.title}</h2>
      <p className="lead">{t.lead}</p>
      <dl className="facts">
        <Figure
          name={t.total}
          isInferred={isInferred('total')}
          claims={claimOf(gift, total)}
          others={whole}
          note={!total && t.noTotal}
        >
          {total ? <Counted count={total} /> : unknown}
        </Figure>
        <Figure
          name={t.listed}
          claims={gift.items.flatMap(({ animal }) => claimsAbout(gift, animal.id)).filter(isFirst)}
          note={t.listedNote}
        >
          {itemsTotal.max === null && !itemsTotal.min ? unknown : bounds(itemsTotal)}
        </Figure>
        {occasions && (
          <Figure
            name={t.occasions}
            isInferred={isInferred('occasions')}
            claims={claimOf(gift, occasions)}
            others={whole}
          >
            <Counted count={occasions} />
          </Figure>
        )}
        <Figure
          name={t.date}
          isInferred={(when?.inferred.length ?? 0) > 0 || isInferred('date')}
          claims={claimOf(gift, when)}
          others={whole}
          note={when && <DateNote when={when} />}
        >
          {when ? <OnDate date={when} /> : unknown}
        </Figure>
        <Figure name={t.status} isInferred={isInferred('status')} claims={claimsOfTheStatus(gift)}>
          {statusWord(gift.status)}
        </Figure>
        <Figure
          name={t.giver}
          isInferred={isInferred('giver')}
          claims={claimsAbout(gift, gift.giver.id)}
          note={gift.presentedBy && <Filled text={t.handedOver} who={<Who person={gift.presentedBy} />} />}
        >
          <NationName nation={gift.giver} />
          {gift.onBehalfOf && (
            <small>
              <Filled text={t.onBehalf} who={<Who person={gift.onBehalfOf} />} />
            </small>
          )}
        </Figure>
        <Figure
          name={t.recipient}
          isInferred={isInferred('recipient')}
          claims={claimsAbout(gift, gift.recipient.id)}
          note={gift.presentedTo && <Filled text={t.takenBy} who={<Who person={gift.presentedTo} />} />}
        >
          <NationName nation={gift.recipient} />
        </Figure>
        {origin && (
          <Figure
            name={t.origin}
            isInferred={isInferred('origin')}
            claims={[]}
            others={whole}
            note={origin.open && <Filled text={t.open} when={<OnDate date={origin.open} />} />}
          >
            <PlaceName place={origin} />
          </Figure>
        )}
        {destination && (
          <Figure
            name={t.destination}
            isInferred={isInferred('destination')}
            claims={[]}
            others={whole}
            note={destination.open && <Filled text={t.open} when={<OnDate date={destination.open} />} />}
          >
            <PlaceName place={destination} />
          </Figure>
        )}
      </dl>
    </section>
  );
}

function isFirst(claim: Claim, index: number, all: Claim[]): boolean {
  return all.findIndex(({ id }) => id === claim.id) === index;
}

function DateNote({ when }: { when: NonNullable<Gift['date']> }) {
  const t = texts().gift.date;
  const isGregorian = when.calendar === 'GREGORIAN';
  const isDay = when.earliest === when.latest && when.earliest && isGregorian;
  const [first, last] = [when.earliest, when.latest].map((day) => (day ? dayInWords(day) : t.unknownDay));
  const span = isGregorian ? t.between : t.betweenGregorian;
  return (
    <>
      <Filled text={isDay ? t.edtf : span(first!, last!)} edtf={<Said>{when.edtf}</Said>} />
      {when.phrase && (
        <>
          {' '}
          <Filled text={t.phrase} phrase={<Said>{when.phrase}</Said>} />
        </>
      )}
      {when.inferred.length > 0 && ` ${t.inferred(when.inferred.map(datePartWord).join(', '))}`}
    </>
  );
}

function Who({ person: { name, office } }: { person: { name: string; office: string | null } }) {
  return <Said>{office ? `${name}, ${office}` : name}</Said>;
}

function PlaceName({ place: { name, city, nation } }: { place: NonNullable<Gift['origin']> }) {
  const parts = [name, city !== name && !name.includes(city ?? '\n') ? city : null].filter((part) => part !== null);
  return (
    <>
      <Said>{parts.join(', ')}</Said>
      {nation && (
        <>
          , <NationName nation={nation} />
        </>
      )}
    </>
  );
}

export function Items({ gift }: { gift: Gift }) {
  const t = texts().gift.items;
  return (
    <section className="card wide" aria-labelledby="items">
      <h2 id="items">{t.title}</h2>
      <p className="lead">{t.lead}</p>
      <ul className="items">
        {gift.items.map((item, index) => (
          <li key={index}>
            <p className="item-count">
              {item.count ? <Counted count={item.count} /> : <span className="open">{texts().figures.unknown}</span>}
            </p>
            <div>
              <h3>
                <AnimalName animal={item.animal} />
                {item.animal.scientificName && <i lang="la"> {item.animal.scientificName}</i>}
              </h3>
              <p className="details">
                <Details
                  items={[
                    item.names.length > 0 && <Filled text={t.named} names={<Names names={item.names} />} />,
                    item.attributes.length > 0 && <Said>{item.attributes.join(', ')}</Said>,
                    item.speciesCount && t.species(bounds(item.speciesCount)),
                    item.status && inLine(statusWord(item.status)),
                    item.animal.conservation && t.redList(conservationWord(item.animal.conservation.category)),
                  ]}
                />
              </p>
              {item.otherReadings.map(({ note, count, speciesCount }) => (
                <p key={note} className="reading">
                  <strong>
                    {speciesCount
                      ? t.readingOfSpecies(boundsOf(count), t.species(bounds(speciesCount)))
                      : t.reading(boundsOf(count))}
                  </strong>{' '}
                  <Said>{note}</Said>
                </p>
              ))}
              <Evidence
                own={claimOf(gift, item.count)}
                others={claimsAbout(gift, item.animal.id).filter(({ id }) => id !== item.count?.claim?.id)}
                what={<AnimalName animal={item.animal} />}
              />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

const boundsOf = (count: Bounds | null) => (count ? bounds(count) : texts().figures.unknown);

/** The animals' own names. */
function Names({ names }: { names: string[] }) {
  return <Listed items={names.map((name) => <Said key={name}>{name}</Said>)} />;
}

export function History({ gift }: { gift: Gift }) {
  if (gift.statusHistory.length === 0) return null;
  const t = texts().gift.history;
  return (
    <section className="card wide" aria-labelledby="history">
      <h2 id="history">{t.title}</h2>
      <ol className="history">
        {gift.statusHistory.map(({ status, note, date: when, claim }, index) => (
          <li key={index}>
            <p>
              <span className="pill">{statusWord(status)}</span>{' '}
              {when ? <OnDate date={when} /> : <span className="details">{t.noDate}</span>}
            </p>
            <p className="details">
              {note && <Said>{note}</Said>}{' '}
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
