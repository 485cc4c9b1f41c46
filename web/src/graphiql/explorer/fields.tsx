// The fields of a type as rows that are ticked and unfolded.

import { useGraphiQL } from '@graphiql/react';
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isRequiredArgument,
  isUnionType,
  Kind,
  TypeNameMetaFieldDef,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type InlineFragmentNode,
  type SelectionNode,
} from 'graphql';
import type { ReactNode } from 'react';
import { added, removed, type Owner } from './edits.ts';
import { useExplored } from './text.ts';
import { Arguments } from './values.tsx';

/** What people know a thing by: chosen along with it, where it has that. */
const TELLING = ['id', 'title', 'name', 'commonName', 'text'];

const fieldsOf = (type: GraphQLCompositeType) => (isUnionType(type) ? [] : Object.values(type.getFields()));

/** A field as it is written when it is ticked: never without what it needs to be a valid one. */
function written(head: string, type: unknown): string[] {
  if (!isCompositeType(type)) return [head];
  const leaves = fieldsOf(type).filter((field) => isLeafType(getNamedType(field.type)) && !field.args.some(isRequiredArgument));
  const telling = leaves.filter(({ name }) => TELLING.includes(name));
  const names = (telling.length ? telling : leaves.slice(0, 1)).map(({ name }) => name);
  return [`${head} {`, ...(names.length ? names : ['__typename']).map((name) => `  ${name}`), '}'];
}

/** Something that is unfolded by a button in front of it. */
export function Fold(props: { path: string; label: ReactNode; title: string; open?: boolean; children: ReactNode }) {
  const { path, label, title, open = false, children } = props;
  const { isOpen, unfold } = useExplored();
  const unfolded = isOpen(path, open);
  return (
    <>
      <div className="explorer-row">
        <button type="button" aria-expanded={unfolded} aria-label={`Unfold ${title}`} onClick={() => unfold(path, !unfolded)}>
          <svg viewBox="0 0 5 8" height="8" fill="currentColor" aria-hidden="true">
            <path d="M0 0l5 4-5 4z" />
          </svg>
        </button>
        {label}
      </div>
      {unfolded && children}
    </>
  );
}

export function Fields({ type, owner, path }: { type: GraphQLCompositeType; owner: Owner; path: string }) {
  const schema = useGraphiQL((state) => state.schema);
  const selections = owner.node?.selectionSet?.selections ?? [];
  const fields = isAbstractType(type) ? [TypeNameMetaFieldDef, ...fieldsOf(type)] : fieldsOf(type);
  const parts = isAbstractType(type) ? (schema?.getPossibleTypes(type) ?? []) : [];
  return (
    <ul>
      {fields.flatMap((field) => {
        const nodes = selections.filter((one) => one.kind === Kind.FIELD && one.name.value === field.name) as FieldNode[];
        const rows: (FieldNode | undefined)[] = nodes.length ? nodes : [undefined];
        return rows.map((node, at) => (
          <Row key={`${field.name} ${at}`} path={`${path}/${field.name} ${at}`} {...{ owner, node, field }} />
        ));
      })}
      {parts.map((part) => {
        const node = selections.find(
          (one): one is InlineFragmentNode => one.kind === Kind.INLINE_FRAGMENT && one.typeCondition?.name.value === part.name,
        );
        return <Part key={part.name} path={`${path}/${part.name}`} type={part} {...{ owner, node }} />;
      })}
      {selections.map(
        (one, at) =>
          one.kind === Kind.FRAGMENT_SPREAD && (
            <li key={`... ${at}`}>
              <Tick label={`...${one.name.value}`} hint="fragment" lines={[]} {...{ owner, node: one }} />
            </li>
          ),
      )}
    </ul>
  );
}

interface TickProps {
  label: string;
  /** What stands small behind the name. */
  hint: string;
  description?: string | null | undefined;
  owner: Owner;
  node: SelectionNode | undefined;
  /** What is written when it is ticked. */
  lines: string[];
  onTick?: () => void;
}

function Tick({ label, hint, description, owner, node, lines, onTick }: TickProps) {
  const { text, write } = useExplored();
  function change() {
    write(node ? removed(text, node, owner) : added(text, owner, lines));
    if (!node) onTick?.();
  }
  return (
    <label className="explorer-row" title={description ?? undefined}>
      <input type="checkbox" checked={node !== undefined} onChange={change} /> {label} <small>{hint}</small>
    </label>
  );
}

function Row(props: { field: GraphQLField<unknown, unknown>; node: FieldNode | undefined; owner: Owner; path: string }) {
  const { field, node, owner, path } = props;
  const { unfold } = useExplored();
  const type = getNamedType(field.type);
  const label = node?.alias ? `${node.alias.value}: ${field.name}` : field.name;
  const old = field.deprecationReason == null ? '' : ' deprecated';
  const tick = (
    <Tick
      label={label}
      hint={`${String(field.type)}${old}`}
      description={field.deprecationReason ?? field.description}
      lines={written(field.name, type)}
      onTick={() => unfold(path, true)}
      {...{ owner, node }}
    />
  );
  const values = node && field.args.length > 0 && <Arguments field={field} node={node} path={`${path}()`} />;
  if (!isCompositeType(type)) {
    return (
      <li>
        {tick}
        {values}
      </li>
    );
  }
  const isRoot = owner.node?.kind === Kind.OPERATION_DEFINITION;
  return (
    <li>
      <Fold path={path} label={tick} title={label} open={isRoot && node !== undefined}>
        {values}
        <Fields type={type} owner={{ node, head: field.name, parent: owner }} path={path} />
      </Fold>
    </li>
  );
}

/** What an interface or a union can be. */
function Part(props: { type: GraphQLCompositeType; node: InlineFragmentNode | undefined; owner: Owner; path: string }) {
  const { type, node, owner, path } = props;
  const { unfold } = useExplored();
  const head = `... on ${type.name}`;
  const tick = (
    <Tick label={head} hint="" description={type.description} lines={written(head, type)} onTick={() => unfold(path, true)} {...{ owner, node }} />
  );
  return (
    <li>
      <Fold path={path} label={tick} title={head}>
        <Fields type={type} owner={{ node, head, parent: owner }} path={path} />
      </Fold>
    </li>
  );
}
