// The explorer in GraphiQL's sidebar: the fields of the schema, to be ticked. It is fetched when it is opened first.

import { Spinner, type GraphiQLPlugin } from '@graphiql/react';
import { lazy, Suspense } from 'react';

const Panel = lazy(() => import('./panel.tsx'));

/** A list with ticks. */
function Icon() {
  return (
    <svg viewBox="0 0 24 24" height="1em" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M3 6l2 2 3-4M3 13l2 2 3-4M3 20l2 2 3-4M12 6h9M12 13h9M12 20h9" />
    </svg>
  );
}

export const explorer: GraphiQLPlugin = {
  title: 'Query Explorer',
  icon: Icon,
  content: () => (
    <Suspense fallback={<Spinner />}>
      <Panel />
    </Suspense>
  ),
};
