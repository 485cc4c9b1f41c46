// The line below the result: where the subscription of this tab stands. The result itself has no place for it.

import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useSyncExternalStore } from 'react';
import { forget, onStanding, standingNow, type Standing } from './subscription.ts';

function words({ state, count, at }: Standing): string {
  const time = at.toLocaleTimeString('en-GB');
  const events = count === 1 ? '1 event' : `${count} events`;
  switch (state) {
    case 'listening':
      return count ? `Listening: ${events}, the last at ${time}` : `Listening since ${time}: nothing has happened yet`;
    case 'complete':
      return `Complete at ${time}, after ${events}: the server has no more to tell`;
    case 'broken off':
      return `Ended at ${time} before it was complete, after ${events}`;
  }
}

export function SubscriptionStanding() {
  const standing = useSyncExternalStore(onStanding, standingNow);
  const tab = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.id);
  const { stop } = useGraphiQLActions();
  // GraphiQL writes what comes into whatever tab is open, and stops the subscription only when one changes to a tab that
  // was there before.
  useEffect(() => {
    stop();
    forget();
  }, [tab, stop]);
  return (
    <p className="standing" role="status">
      {standing && words(standing)}
    </p>
  );
}
