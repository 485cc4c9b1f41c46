// The page: a bar with the sample queries above GraphiQL. What a request looks like is in fetcher.ts.

import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { useState } from 'react';
import { createPortal } from 'react-dom';
import { at } from '../base.ts';
import { useSystemTheme, useWordWrap } from './adjustments.ts';
import { askedQuery, askedVariables } from './asked.ts';
import { explorer } from './explorer/plugin.tsx';
import { cost, fetcher } from './fetcher.ts';
import { SampleMenu } from './sample-menu.tsx';
import { samples } from './samples.ts';
import { SubscriptionStanding } from './standing.tsx';
import { storage } from './storage.ts';

const plugins = [HISTORY_PLUGIN, explorer];

export function Page() {
  const [menuPlace, setMenuPlace] = useState<HTMLElement | null>(null);
  return (
    <>
      <header className="bar">
        <h1>
          Menagerie <span>GraphiQL</span>
        </h1>
        <div ref={setMenuPlace} />
        <label title="What a query is estimated to cost, and what it costs the database: in extensions.cost of the answer">
          <input type="checkbox" onChange={(event) => (cost.isAsked = event.target.checked)} /> Show cost
        </label>
        <nav>
          <a href={at('/')}>Dashboard</a>
          <a href={at('/schema.graphql')}>Schema</a>
        </nav>
      </header>
      <main>
        <GraphiQL
          fetcher={fetcher}
          {...(samples[0] && { defaultQuery: samples[0].query })}
          {...(askedQuery && { initialQuery: askedQuery })}
          {...(askedVariables && { initialVariables: askedVariables })}
          // Several samples take variables: show that there are some, where there is room.
          defaultEditorToolsVisibility={matchMedia('(width >= 700px)').matches}
          inputValueDeprecation
          plugins={plugins}
          shouldPersistHeaders={false}
          storage={storage}
        >
          <GraphiQL.Logo>
            <></>
          </GraphiQL.Logo>
          <GraphiQL.Footer>
            <SubscriptionStanding />
          </GraphiQL.Footer>
          <Adjustments />
          {/* The menu opens tabs, which only a child of GraphiQL can do; it is shown in the bar. */}
          {menuPlace && createPortal(<SampleMenu />, menuPlace)}
        </GraphiQL>
      </main>
    </>
  );
}

function Adjustments() {
  useSystemTheme();
  useWordWrap();
  return null;
}
