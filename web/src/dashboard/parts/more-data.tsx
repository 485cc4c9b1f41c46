// What a server shows that has only the article: how to get the documented gifts beyond it.

import { useState } from 'react';
import { ask, Failure, failureOf } from '../data/client.ts';
import { texts } from '../data/language.ts';
import { credentials } from '../data/token.ts';
import { LoadHistoryDocument } from '../generated.ts';
import { Reason } from './states.tsx';
import { Filled, Said } from './told.tsx';

/** How many gifts the set of documented gifts has beyond the article. */
const MORE = 55;

type State = 'idle' | 'loading' | 'loaded' | { refused: string } | Failure;

export function MoreData() {
  const [state, setState] = useState<State>('idle');
  const t = texts().overview.moreData;
  const mayTry = Object.keys(credentials()).length > 0;

  async function load() {
    setState('loading');
    try {
      const { data } = await ask(LoadHistoryDocument, {}, new AbortController().signal);
      const [problem] = data.resetSets.userErrors;
      setState(problem ? { refused: problem.message } : 'loaded');
    } catch (error) {
      setState(failureOf(error));
    }
  }

  return (
    <section className="card wide" aria-labelledby="more-data">
      <h2 id="more-data">{t.title}</h2>
      <p className="lead">
        <Filled text={t.lead(MORE)} command={<code>menagerie seed history</code>} />
      </p>
      {mayTry && (
        <button type="button" className="button" onClick={() => void load()}>
          {t.load}
        </button>
      )}
      <p role="status">
        {state === 'loading' && t.loading}
        {state === 'loaded' && t.loaded}
        {state instanceof Failure && <Reason failure={state} />}
        {typeof state === 'object' && 'refused' in state && <Said>{state.refused}</Said>}
      </p>
    </section>
  );
}
