// The page at `/`: the numbers, the charts and the table of the gifts that the filters leave, all in two questions.

import { useEffect, useMemo } from 'react';
import { Embed } from './charts/embed.tsx';
import { Flows } from './charts/flows.tsx';
import { OnTheMap } from './charts/map.tsx';
import { Ranks } from './charts/ranks.tsx';
import { OverTime } from './charts/time.tsx';
import { changed, isFiltered, readView, writeView, type View } from './data/address.ts';
import type { Whole } from './data/client.ts';
import { dateAdvice, filterOf, isDateRefused } from './data/filters.ts';
import { compare } from './data/format.ts';
import { isOfTheApi, texts, useLanguage } from './data/language.ts';
import { nameOf } from './data/names.ts';
import { said, saidOr } from './data/told.ts';
import { useAnswer } from './data/use-answer.ts';
import { certaintyWord, GROUPINGS, groupingWord, modeWord, statusWord } from './data/words.ts';
import { OverviewDocument, type OverviewQuery } from './generated.ts';
import { Chips, FilterBar, type Item, type Options } from './parts/filter-bar.tsx';
import { GiftTable } from './parts/gift-table.tsx';
import { Headline } from './parts/headline.tsx';
import { MoreData } from './parts/more-data.tsx';
import { OldNote, useLateness } from './parts/old.tsx';
import { Card, Choice, Empty, Failed } from './parts/states.tsx';
import { Timeline } from './parts/timeline.tsx';
import { go, rememberOverview, useAddress, useTitle } from './router.tsx';

export type Stats = Whole<OverviewQuery>['giftStats'];
/** Shows another view of the data. */
export type Change = (change: Partial<View>, how?: 'push' | 'replace') => void;

/** How many gifts the article alone has. */
const ARTICLE = 6;

export function Overview() {
  const t = texts();
  useTitle(t.frame.site);
  const language = useLanguage();
  const { query } = useAddress();
  const view = useMemo(() => readView(query), [query]);
  const change: Change = (wanted, how) => go(`/${writeView(changed(view, wanted))}`, how);
  const where = filterOf(view);
  const overview = useAnswer(OverviewDocument, { where, by: view.by });
  const { data, failure, isPending, retry, asOf, isOther } = overview;
  const isOld = useLateness(isOther, failure !== null);
  useEffect(() => rememberOverview(query), [query]);

  const isRefused = failure !== null && isDateRefused(failure.code, failure.message);
  const dateError = isRefused ? dateAdvice(failure.message) : null;
  const options: Options = useMemo(
    () => ({
      nations: inOrder(data?.nations.nodes.map(({ slug, name }) => ({ value: slug, label: nameOf('nations', slug, name) }))),
      animals: inOrder(
        data?.animals.nodes.map(({ slug, commonName }) => ({ value: slug, label: nameOf('animals', slug, commonName) })),
      ),
    }),
    [data, language],
  );
  const stats = data?.giftStats ?? null;
  const isEmpty = stats?.gifts === 0 && !isPending;
  const shown =
    stats && data && !isRefused && !isOld ? shownOf(stats.gifts, isFiltered(view) ? data.all.gifts : null) : '';

  return (
    <>
      <OldNote isOld={isOld} asOf={asOf} />
      <Headline
        isOld={isOld}
        stats={isRefused ? null : stats}
        all={data?.all.gifts ?? null}
        isPending={isPending}
        isFiltered={isFiltered(view)}
      />
      <FilterBar view={view} change={change} options={options} dateError={dateError} />
      <Chips view={view} change={change} options={options} shown={shown} isPending={isPending} />
      <p className="unseen" role="status" aria-live="polite">
        {isPending ? '' : dateError ? t.overview.filters.dateRefused : shown && t.overview.shown(shown)}
      </p>
      {failure && !isRefused && <Failed failure={failure} retry={retry} what="numbers" />}
      {isEmpty ? (
        <Empty view={view} change={change} options={options} />
      ) : (
        (stats || isPending) && (
          <div className={isRefused ? 'stale' : isOld ? 'old' : ''}>
            <Charts view={view} change={change} data={data} isPending={isPending} />
          </div>
        )
      )}
      {data && data.all.gifts > 0 && data.all.gifts <= ARTICLE && <MoreData />}
      {!isEmpty && <GiftTable view={view} change={change} />}
      {!isEmpty && <Timeline view={view} />}
    </>
  );
}

/** How many gifts are shown, and of how many. */
function shownOf(gifts: number, all: number | null): string {
  const { figures } = texts();
  return all === null ? figures.gifts(gifts) : figures.giftsOf(figures.gifts(gifts), all);
}

/** What can be chosen, by name. The API's own order is that of the English names. */
function inOrder(items: Item[] = []): Item[] {
  return isOfTheApi() ? items : items.sort((one, other) => compare(one.label.text, other.label.text));
}

interface ChartsProps {
  view: View;
  change: Change;
  data: Whole<OverviewQuery> | null;
  isPending: boolean;
}

function Charts({ view, change, data, isPending }: ChartsProps) {
  const stats = data?.giftStats ?? null;
  const t = texts().charts.ranks;
  return (
    <div className="cards" aria-busy={isPending}>
      <OnTheMap flows={data?.giftFlows ?? null} change={change} />
      <Flows flows={data?.giftFlows ?? null} gifts={stats?.gifts ?? 0} view={view} change={change} />
      <OverTime stats={stats} view={view} change={change} />
      <Ranks
        title={t.givers}
        lead={t.giversLead}
        tools={<Embed list="givers" view={view} />}
        noun={t.nation}
        groups={stats?.byGiver}
        label={nationLabel}
        chosen={view.giver}
        choose={(group) => group.nation && (() => change({ giver: toggled(view.giver, group.nation!.slug) }))}
        keyOf={(group) => group.nation?.slug}
      />
      <Ranks
        title={t.recipients}
        lead={t.recipientsLead}
        tools={<Embed list="recipients" view={view} />}
        noun={t.nation}
        groups={stats?.byRecipient}
        label={nationLabel}
        chosen={view.recipient}
        choose={(group) => group.nation && (() => change({ recipient: toggled(view.recipient, group.nation!.slug) }))}
        keyOf={(group) => group.nation?.slug}
      />
      <Ranks
        title={t.animals}
        lead={t.animalsLead}
        noun={groupingWord(view.by)}
        isWide
        groups={stats?.byAnimal}
        label={({ animal, label, kind }) =>
          kind === 'MISSING' ? saidOr(label, t.missing) : nameOf('animals', animal?.slug, label)
        }
        chosen={chosenAnimal(view)}
        choose={(group) => animalChoice(view, change, group)}
        keyOf={(group) => (view.by === 'ANIMAL' ? group.animal?.slug : group.label)}
        tools={
          <Choice
            label={t.groupBy}
            value={view.by}
            options={GROUPINGS.map((value) => ({ value, label: groupingWord(value) }))}
            choose={(by) => change({ by, after: view.after, before: view.before })}
          />
        }
      />
      <Card title={t.statuses} className="third">
        <Ranks
          noun={t.status}
          isSmall
          groups={stats?.byStatus}
          label={(group) => (group.status ? { text: statusWord(group.status) } : said(group.label))}
          chosen={view.status}
          choose={(group) => group.status && (() => change({ status: toggled(view.status, group.status!) }))}
          keyOf={(group) => group.status ?? undefined}
        />
      </Card>
      <Card title={t.modes} className="third">
        <Ranks
          noun={t.mode}
          isSmall
          groups={stats?.byMode}
          label={(group) => (group.mode ? { text: modeWord(group.mode) } : said(group.label))}
          chosen={view.mode}
          choose={(group) => group.mode && (() => change({ mode: toggled(view.mode, group.mode!) }))}
          keyOf={(group) => group.mode ?? undefined}
        />
      </Card>
      <Card title={t.certainties} className="third">
        <Ranks
          noun={t.certainty}
          isSmall
          groups={stats?.byCertainty}
          label={(group) => ({ text: group.certainty ? certaintyWord(group.certainty) : t.noClaim })}
          chosen={view.certainty}
          choose={(group) =>
            group.certainty && (() => change({ certainty: toggled(view.certainty, group.certainty!) }))
          }
          keyOf={(group) => group.certainty ?? undefined}
        />
      </Card>
    </div>
  );
}

const nationLabel = ({ nation, label }: Stats['byGiver'][number]) => nameOf('nations', nation?.slug, label);

/** A second click on what is chosen takes the choice back. */
function toggled<Value extends string>(chosen: Value | '', value: Value): Value | '' {
  return chosen === value ? '' : value;
}

function chosenAnimal(view: View): string {
  return { ANIMAL: view.animal, FAMILY: view.family, ORDER: view.order, CLASS: view.class }[view.by];
}

function animalChoice(view: View, change: Change, group: Stats['byAnimal'][number]): (() => void) | null {
  if (group.kind !== 'VALUE') return null;
  switch (view.by) {
    case 'ANIMAL':
      return group.animal && (() => change({ animal: toggled(view.animal, group.animal!.slug) }));
    case 'FAMILY':
      return () => change({ family: toggled(view.family, group.label) });
    case 'ORDER':
      return () => change({ order: toggled(view.order, group.label) });
    case 'CLASS':
      return () => change({ class: toggled(view.class, group.label) });
  }
}
