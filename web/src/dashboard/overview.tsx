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
import { plural } from './data/format.ts';
import { useAnswer } from './data/use-answer.ts';
import { certaintyWord, GROUPINGS, groupingWord, modeWord, statusWord } from './data/words.ts';
import { OverviewDocument, type OverviewQuery } from './generated.ts';
import { Chips, FilterBar, type Options } from './parts/filter-bar.tsx';
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
  useTitle('Animals as gifts between nations');
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
      nations: data?.nations.nodes.map(({ slug, name }) => ({ value: slug, label: name })) ?? [],
      animals: data?.animals.nodes.map(({ slug, commonName }) => ({ value: slug, label: commonName })) ?? [],
    }),
    [data],
  );
  const stats = data?.giftStats ?? null;
  const isEmpty = stats?.gifts === 0 && !isPending;
  const shown =
    stats && data && !isRefused && !isOld ? plural(stats.gifts, 'gift') + (isFiltered(view) ? ` of ${data.all.gifts}` : '') : '';

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
        {isPending ? '' : dateError ? 'The date is not accepted.' : shown && `${shown} shown`}
      </p>
      {failure && !isRefused && <Failed failure={failure} retry={retry} what="The numbers" />}
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

interface ChartsProps {
  view: View;
  change: Change;
  data: Whole<OverviewQuery> | null;
  isPending: boolean;
}

function Charts({ view, change, data, isPending }: ChartsProps) {
  const stats = data?.giftStats ?? null;
  return (
    <div className="cards" aria-busy={isPending}>
      <OnTheMap flows={data?.giftFlows ?? null} change={change} />
      <Flows flows={data?.giftFlows ?? null} gifts={stats?.gifts ?? 0} view={view} change={change} />
      <OverTime stats={stats} view={view} change={change} />
      <Ranks
        title="Givers"
        lead="Who gave, and how many animals."
        tools={<Embed list="givers" view={view} />}
        noun="Nation"
        groups={stats?.byGiver}
        chosen={view.giver}
        choose={(group) => group.nation && (() => change({ giver: toggled(view.giver, group.nation!.slug) }))}
        keyOf={(group) => group.nation?.slug}
      />
      <Ranks
        title="Recipients"
        lead="Who received, and how many animals."
        tools={<Embed list="recipients" view={view} />}
        noun="Nation"
        groups={stats?.byRecipient}
        chosen={view.recipient}
        choose={(group) => group.nation && (() => change({ recipient: toggled(view.recipient, group.nation!.slug) }))}
        keyOf={(group) => group.nation?.slug}
      />
      <Ranks
        title="Animals"
        lead="Which animals were given. A gift of several kinds is counted with each of them."
        noun={groupingWord(view.by)}
        isWide
        groups={stats?.byAnimal}
        chosen={chosenAnimal(view)}
        choose={(group) => animalChoice(view, change, group)}
        keyOf={(group) => (view.by === 'ANIMAL' ? group.animal?.slug : group.label)}
        tools={
          <Choice
            label="Group animals by"
            value={view.by}
            options={GROUPINGS.map((value) => ({ value, label: groupingWord(value) }))}
            choose={(by) => change({ by, after: view.after, before: view.before })}
          />
        }
      />
      <Card title="What became of them" className="third">
        <Ranks
          noun="Status"
          isSmall
          groups={stats?.byStatus}
          label={(group) => (group.status ? statusWord(group.status) : group.label)}
          chosen={view.status}
          choose={(group) => group.status && (() => change({ status: toggled(view.status, group.status!) }))}
          keyOf={(group) => group.status ?? undefined}
        />
      </Card>
      <Card title="In what way" className="third">
        <Ranks
          noun="Way"
          isSmall
          groups={stats?.byMode}
          label={(group) => (group.mode ? modeWord(group.mode) : group.label)}
          chosen={view.mode}
          choose={(group) => group.mode && (() => change({ mode: toggled(view.mode, group.mode!) }))}
          keyOf={(group) => group.mode ?? undefined}
        />
      </Card>
      <Card title="How sure the sources are" className="third">
        <Ranks
          noun="Certainty of a claim"
          isSmall
          groups={stats?.byCertainty}
          label={(group) => (group.certainty ? certaintyWord(group.certainty) : 'No claim')}
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
