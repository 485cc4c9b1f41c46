// An answer that stays fresh: asked for again when something has changed, every half minute and when the reader comes back,
// never while the page is hidden. An answer that has not changed changes nothing on the page.

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { answered, ask, failureOf, type Answered, type Failure, type Whole } from './client.ts';
import { onChange } from './live.ts';

/** Between two questions, in milliseconds. */
const INTERVAL = 30_000;

/** The newest answers by question, so that going back shows at once what was there. */
const known = new Map<string, Kept<unknown>>();
const MOST_KNOWN = 50;


/** An answer, with the question and when it came. */
interface Kept<Answer> extends Answered<Answer> {
  question: string;
  at: Date;
}

export interface Asked<Answer> {
  /** The newest answer; while another question is on its way, the answer to the one before. */
  data: Whole<Answer> | null;
  /** Why there is no newer answer. */
  failure: Failure | null;
  /** When the data were the server's; while another question is on its way, those of the question before. */
  asOf: Date | null;
  /** Whether the data are the answer to another question than the one that stands now. */
  isOther: boolean;
  /** Whether the answer to the question as it stands now is still on its way. */
  isPending: boolean;
  retry: () => void;
}

export function useAnswer<Answer, Variables>(
  operation: string & DocumentTypeDecoration<Answer, Variables>,
  variables: Variables,
): Asked<Answer> {
  const question = `${operation} ${JSON.stringify(variables)}`;
  const [state, setState] = useState<{ answer: Kept<Whole<Answer>> | null; failure: Failure | null; question: string }>(
    () => ({ answer: recall<Whole<Answer>>(question) ?? sent(operation, variables, question), failure: null, question }),
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
        const answer = kept(await ask(operation, newest.current, leave.signal), question);
        remember(question, answer);
        setState((last) =>
          last.answer?.text === answer.text && last.answer.question === question && last.question === question && !last.failure
            ? last
            : { answer, failure: null, question },
        );
      } catch (error) {
        if (leave.signal.aborted) return;
        setState((last) => ({ ...last, failure: failureOf(error), question }));
      } finally {
        isAsking = false;
      }
    }

    void refresh();
    const timer = setInterval(() => void refresh(), INTERVAL);
    const onReturn = () => void refresh();
    document.addEventListener('visibilitychange', onReturn);
    addEventListener('focus', onReturn);
    const unheard = onChange(onReturn);
    return () => {
      leave.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onReturn);
      removeEventListener('focus', onReturn);
      unheard();
    };
  }, [operation, question, attempt]);

  const retry = useCallback(() => {
    setState((last) => ({ ...last, failure: null, question: '' }));
    setAttempt((last) => last + 1);
  }, []);
  return {
    data: state.answer?.data ?? null,
    asOf: state.answer?.at ?? null,
    isOther: state.answer !== null && state.answer.question !== question,
    failure: state.question === question ? state.failure : null,
    isPending: state.question !== question || (!state.answer && !state.failure),
    retry,
  };
}

/** The answer that came with the page, if it is to this question: the server has asked before it sent the page. */
function sent<Answer, Variables>(
  operation: string,
  variables: Variables,
  question: string,
): Kept<Whole<Answer>> | null {
  const text = document.getElementById('answer')?.textContent;
  if (!text) return null;
  const given = JSON.parse(text) as { operation: string; variables: Variables; data: Whole<Answer> };
  const isAsked = operation.startsWith(`query ${given.operation}(`);
  if (!isAsked || JSON.stringify(given.variables) !== JSON.stringify(variables)) return null;
  return kept(answered(given.data), question);
}

function kept<Answer>(answer: Answered<Answer>, question: string): Kept<Answer> {
  return { ...answer, question, at: new Date() };
}

function recall<Answer>(question: string): Kept<Answer> | null {
  return (known.get(question) as Kept<Answer> | undefined) ?? null;
}

function remember(question: string, answer: Kept<unknown>): void {
  known.delete(question);
  known.set(question, answer);
  const [oldest] = known.keys();
  if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
}
