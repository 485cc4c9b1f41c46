// Numbers that stand under another question than the one that was asked last: told as old, to the eyes and to a screen reader.

import { useEffect, useState } from 'react';
import { clock } from '../data/format.ts';
import { texts } from '../data/language.ts';

/** How long an answer may take before what is shown counts as old, in milliseconds: most come sooner. */
const PATIENCE = 700;

/** Whether what is shown is to be told as old: it belongs to another question, and its own answer is late or failed. */
export function useLateness(isOther: boolean, isFailed: boolean): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!isOther) return;
    const timer = setTimeout(() => setLate(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [isOther]);
  return isOther && (isLate || isFailed);
}

/** Says that the numbers below are old; nothing where they are not. */
export function OldNote({ isOld, asOf }: { isOld: boolean; asOf: Date | null }) {
  return (
    <div role="status" aria-live="polite">
      {isOld && asOf && <p className="old-note">{texts().overview.old(clock(asOf))}</p>}
    </div>
  );
}
