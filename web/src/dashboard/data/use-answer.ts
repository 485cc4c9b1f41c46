// An answer that stays fresh: asked for again every half minute and when the reader comes back, never while the page is
// hidden. An answer that has not changed changes nothing on the page.

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { answered, ask, Failure, type Answered, type Whole } from './client.ts';

/** Between two questions, in milliseconds. */
const INTERVAL = 30_000;

/** The newest answers by question, so that going back shows at once what was there. */
const known = new Map<string, Answered<unknown>>();
const MOST_KNOWN = 50;


export interface Asked<Answer> {
  /** The newest answer; while another question is on its way, the answer to the one before. */
  data: Whole<Answer> | null;
  /** Why there is no newer answer. */
  failure: Failure | null;
  /** Whether the answer to the question as it stands now is still on its way. */
  isPending: boolean;
  retry: () => void;
}

export function useAnswer<Answer, Variables>(
  operation: string & DocumentTypeDecoration<Answer, Variables>,
  variables: Variables,
): Asked<Answer> {
  const question = `${operation} ${JSON.stringify(variables)}`;
  const [state, setState] = useState<{ answer: Answered<Whole<Answer>> | null; failure: Failure | null; question: string }>(
    () => ({ answer: recall<Whole<Answer>>(question) ?? sent(operation, variables), failure: null, question }),
  );
  const newest = useRef(variables);
  newest.current = variables;
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const leave = new AbortController();
    const before = recall<Whole<Answer>>(question);
    if (before) setState({ answer: before, failure: null, question });
    let isAsking = false;

    async function refresh() {
      if (isAsking || document.hidden) return;
      isAsking = true;
      try {
        const answer = await ask(operation, newest.current, leave.signal);
        remember(question, answer);
        setState((last) =>
          last.answer?.text === answer.text && last.question === question && !last.failure
            ? last
            : { answer, failure: null, question },
        );
      } catch (error) {
        if (leave.signal.aborted) return;
        const failure = error instanceof Failure ? error : new Failure(String(error), 'UNKNOWN');
        setState((last) => ({ ...last, failure, question }));
      } finally {
        isAsking = false;
      }
    }

    void refresh();
    const timer = setInterval(() => void refresh(), INTERVAL);
    const onReturn = () => void refresh();
    document.addEventListener('visibilitychange', onReturn);
    addEventListener('focus', onReturn);
    return () => {
      leave.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onReturn);
      removeEventListener('focus', onReturn);
    };
  }, [operation, question, attempt]);

  const retry = useCallback(() => {
    setState((last) => ({ ...last, failure: null, question: '' }));
    setAttempt((last) => last + 1);
  }, []);
  return {
    data: state.answer?.data ?? null,
    failure: state.question === question ? state.failure : null,
    isPending: state.question !== question || (!state.answer && !state.failure),
    retry,
  };
}

/** The answer that came with the page, if it is to this question: the server has asked before it sent the page. */
function sent<Answer, Variables>(operation: string, variables: Variables): Answered<Whole<Answer>> | null {
  const text = document.getElementById('answer')?.textContent;
  if (!text) return null;
  const given = JSON.parse(text) as { operation: string; variables: Variables; data: Whole<Answer> };
  const isAsked = operation.startsWith(`query ${given.operation}(`);
  if (!isAsked || JSON.stringify(given.variables) !== JSON.stringify(variables)) return null;
  return answered(given.data);
}

function recall<Answer>(question: string): Answered<Answer> | null {
  return (known.get(question) as Answered<Answer> | undefined) ?? null;
}

function remember(question: string, answer: Answered<unknown>): void {
  known.delete(question);
  known.set(question, answer);
  const [oldest] = known.keys();
  if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
}
