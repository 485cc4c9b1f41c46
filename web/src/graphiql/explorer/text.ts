// The text in the query editor, read and changed so that the editor's own "undo" takes a change back.

import { useGraphiQL } from '@graphiql/react';
import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';

/** What the parts of the explorer share. */
export interface Shared {
  /** The text that all nodes of the tree are of. */
  text: string;
  write: (text: string) => void;
  /** Whether this place in the tree is open, where the reader has not said so by `unfold`. */
  isOpen: (path: string, otherwise: boolean) => boolean;
  unfold: (path: string, open: boolean) => void;
  /** The variables that the operation has. */
  variables: ReadonlySet<string>;
}

export const Explored = createContext<Shared | null>(null);

export function useExplored(): Shared {
  const shared = useContext(Explored);
  if (!shared) throw new Error('this is not within the explorer');
  return shared;
}

/** The text of the editor, and what replaces it. */
export function useQueryText(): [text: string, write: (text: string) => void] {
  const editor = useGraphiQL((state) => state.queryEditor);
  const subscribe = useCallback(
    (changed: () => void) => {
      const listening = editor?.onDidChangeModelContent(changed);
      return () => listening?.dispose();
    },
    [editor],
  );
  const text = useSyncExternalStore(subscribe, () => editor?.getValue() ?? '');
  const write = useCallback(
    (after: string) => {
      const model = editor?.getModel();
      if (!editor || !model) return;
      const before = model.getValue();
      const [start, fromEnd] = same(before, after);
      const [from, to] = [model.getPositionAt(start), model.getPositionAt(before.length - fromEnd)];
      const range = {
        startLineNumber: from.lineNumber,
        startColumn: from.column,
        endLineNumber: to.lineNumber,
        endColumn: to.column,
      };
      editor.pushUndoStop();
      editor.executeEdits('explorer', [{ range, text: after.slice(start, after.length - fromEnd) }]);
      editor.pushUndoStop();
      editor.revealRangeInCenterIfOutsideViewport(range);
    },
    [editor],
  );
  return [text, write];
}

/** How much two texts have in common at their beginnings, and at the ends of what is left. */
function same(one: string, other: string): [start: number, end: number] {
  const least = Math.min(one.length, other.length);
  let start = 0;
  while (start < least && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < least - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  return [start, end];
}
