// What a server shows that has only the article: how to get the documented gifts beyond it.

import { useState } from 'react';
import { ask, Failure } from '../data/client.ts';
import { credentials } from '../data/token.ts';
import { LoadHistoryDocument } from '../generated.ts';

export function MoreData() {
  const [message, setMessage] = useState('');
  const mayTry = Object.keys(credentials()).length > 0;

  async function load() {
    setMessage('Loading …');
    try {
      const { data } = await ask(LoadHistoryDocument, {}, new AbortController().signal);
      const [problem] = data.resetSets.userErrors;
      setMessage(problem ? problem.message : 'Loaded.');
    } catch (error) {
      setMessage(error instanceof Failure ? error.message : String(error));
    }
  }

  return (
    <section className="card wide" aria-labelledby="more-data">
      <h2 id="more-data">There is more</h2>
      <p className="lead">
        These are the gifts of one article. 55 more, documented one by one, come with the program:{' '}
        <code>menagerie seed history</code> loads them, also beside a running server.
      </p>
      {mayTry && (
        <button type="button" className="button" onClick={() => void load()}>
          Load them now
        </button>
      )}
      <p role="status">{message}</p>
    </section>
  );
}
