// How a click changes the text of a query. Only what the click is about is written or cut; comments and layout stay.

import {
  Kind,
  parse,
  visit,
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type InlineFragmentNode,
  type ObjectFieldNode,
  type ArgumentNode,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';

/** Something with fields: an operation, a field or a part of a type. What is not in the query yet has no `node`. */
export interface Owner {
  node?: OperationDefinitionNode | FieldNode | InlineFragmentNode | undefined;
  /** What it is written as: `query`, `gifts`, `... on Gift`. */
  head: string;
  parent?: Owner;
}

/** A value: that of an argument, or within one. */
export interface Slot {
  node?: ArgumentNode | ObjectFieldNode | undefined;
  name: string;
  /** The field that has the argument, or the value that this one is in. */
  parent: FieldNode | Slot;
}

type Placed = Pick<ASTNode, 'loc'>;
const startOf = (node: Placed): number => node.loc?.start ?? 0;
const endOf = (node: Placed): number => node.loc?.end ?? 0;

const put = (text: string, start: number, end: number, by: string): string => text.slice(0, start) + by + text.slice(end);

/** The blanks that the line of this place begins with. */
function indentAt(text: string, place: number): string {
  const line = text.lastIndexOf('\n', place - 1) + 1;
  return /^[ \t]*/.exec(text.slice(line, place))?.[0] ?? '';
}

const block = (head: string, lines: string[]): string[] => [`${head} {`, ...lines.map((line) => `  ${line}`), '}'];

/** The text with these lines among the fields of `owner`, which is written too where it is not there. */
export function added(text: string, { node, head, parent }: Owner, lines: string[]): string {
  if (!node && parent) return added(text, parent, block(head, lines));
  if (!node) return `${text.trimEnd()}${text.trim() && '\n\n'}${block(head, lines).join('\n')}\n`;
  const { selectionSet } = node;
  if (!selectionSet) {
    const indent = indentAt(text, startOf(node));
    return put(text, endOf(node), endOf(node), ` ${block('', lines).join(`\n${indent}`).trim()}`);
  }
  const close = endOf(selectionSet) - 1;
  const line = text.lastIndexOf('\n', close) + 1;
  const indent = text.slice(line, close);
  if (line > startOf(selectionSet) && !indent.trim()) {
    return put(text, line, line, lines.map((one) => `${indent}  ${one}\n`).join(''));
  }
  const gap = /\s/.test(text[close - 1] ?? '') ? '' : ' ';
  return put(text, close, close, `${gap}${lines.map((one) => one.trim()).join(' ')} `);
}

/** The text without this selection, and without what would be left empty around it. */
export function removed(text: string, node: SelectionNode, owner: Owner): string {
  let gone: ASTNode = node;
  for (let around: Owner | undefined = owner; around?.node?.selectionSet?.selections.length === 1; around = around.parent) {
    gone = around.node;
  }
  return tidied(text, cut(text, startOf(gone), endOf(gone)));
}

/** The text with this value in the slot; without the slot where the value is null. */
export function filled(text: string, slot: Slot, value: string | null): string {
  if (value === null) return slot.node ? tidied(text, emptied(text, slot, slot.node)) : text;
  if (slot.node) return tidied(text, put(text, startOf(slot.node.value), endOf(slot.node.value), value));
  return written(text, slot.parent, `${slot.name}: ${value}`);
}

function written(text: string, parent: FieldNode | Slot, entry: string): string {
  if ('kind' in parent) {
    const last = parent.arguments?.at(-1);
    return last ? put(text, endOf(last), endOf(last), `, ${entry}`) : put(text, endOf(parent.name), endOf(parent.name), `(${entry})`);
  }
  const value = parent.node?.value;
  if (!value) return written(text, parent.parent, `${parent.name}: { ${entry} }`);
  const last = value.kind === Kind.OBJECT ? value.fields.at(-1) : undefined;
  return last ? put(text, endOf(last), endOf(last), `, ${entry}`) : put(text, startOf(value), endOf(value), `{ ${entry} }`);
}

function emptied(text: string, { parent }: Slot, node: ArgumentNode | ObjectFieldNode): string {
  if ('kind' in parent) return withoutOne(text, parent.arguments ?? [], node);
  const value = parent.node?.value;
  const siblings: readonly ObjectFieldNode[] = value?.kind === Kind.OBJECT ? value.fields : [];
  // An empty object says nothing.
  if (siblings.length === 1 && parent.node) return emptied(text, parent, parent.node);
  return withoutOne(text, siblings, node as ObjectFieldNode);
}

/** Cuts this out, and the lines that it leaves empty. */
function cut(text: string, start: number, end: number): string {
  const before = /\n?[ \t]*$/.exec(text.slice(0, start))?.[0] ?? '';
  const after = /^[ \t]*,?[ \t]*/.exec(text.slice(end))?.[0] ?? '';
  const rest = text.slice(end + after.length);
  if (rest === '' || rest.startsWith('\n')) return text.slice(0, start - before.length) + rest;
  // Something stands behind it in its line: a blank or a line end must stay between the two.
  return text.slice(0, start) + rest;
}

/** What is in this text; null where it is not GraphQL, or nothing but comments. */
function documentOf(text: string): DocumentNode | null {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

/** The names that this document uses: variables and fragments. */
function used(document: DocumentNode): Set<string> {
  const names = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void names.add(`$${name.value}`),
    FragmentSpread: ({ name }) => void names.add(`...${name.value}`),
  });
  return names;
}

/** The text after a change, without the variables and fragments that only the text before had a use for. */
function tidied(before: string, after: string): string {
  const [was, is] = [documentOf(before), documentOf(after)];
  if (!was || !is) return after;
  const now = used(is);
  const lost = new Set([...used(was)].filter((name) => !now.has(name)));
  for (const definition of is.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION && lost.has(`...${definition.name.value}`)) {
      return tidied(before, cut(after, startOf(definition), endOf(definition)));
    }
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const all = definition.variableDefinitions ?? [];
    const gone = all.find(({ variable }) => lost.has(`$${variable.name.value}`));
    if (gone) return tidied(before, withoutOne(after, all, gone));
  }
  return after;
}

/** The text without one entry of a list in parentheses or braces; the brackets go with the last one. */
function withoutOne<Node extends Placed>(text: string, all: readonly Node[], gone: Node): string {
  const at = all.indexOf(gone);
  const [before, after] = [all[at - 1], all[at + 1]];
  if (after) return put(text, startOf(gone), startOf(after), '');
  if (before) return put(text, endOf(before), endOf(gone), '');
  const open = gone.loc?.startToken.prev?.start ?? startOf(gone);
  const close = gone.loc?.endToken.next?.end ?? endOf(gone);
  return text.slice(0, open).trimEnd() + text.slice(close);
}
