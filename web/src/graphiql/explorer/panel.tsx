// The explorer: the operation in the editor as a tree of what the schema has, ticked where it is asked for.

import './explorer.css';

import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { Kind, OperationTypeNode, parse, type OperationDefinitionNode } from 'graphql';
import { useMemo, useState } from 'react';
import { Fields, Fold } from './fields.tsx';
import { Explored, useQueryText, type Shared } from './text.ts';

const KINDS = Object.values(OperationTypeNode);

const nameOf = ({ operation, name }: OperationDefinitionNode): string => `${operation} ${name?.value ?? ''}`.trim();

/** The operations in the text, or what is wrong with it. */
function operationsOf(text: string): OperationDefinitionNode[] | string {
  // Nothing but comments is no mistake here.
  if (!text.replace(/#.*/g, '').trim()) return [];
  try {
    return parse(text).definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export default function Panel() {
  const [text, write] = useQueryText();
  const [opened, setOpened] = useState<Record<string, boolean>>({});
  const operationName = useGraphiQL((state) => state.operationName);
  const operations = useMemo(() => operationsOf(text), [text]);
  const chosen =
    typeof operations === 'string' ? undefined : (operations.find(({ name }) => name?.value === operationName) ?? operations[0]);
  const variables = new Set(chosen?.variableDefinitions?.map(({ variable }) => variable.name.value));
  const shared: Shared = {
    text,
    write,
    isOpen: (path, otherwise) => opened[path] ?? otherwise,
    unfold: (path, open) => setOpened((all) => ({ ...all, [path]: open })),
    variables,
  };
  return (
    <section className="explorer" aria-label="Query explorer">
      <h2>Query Explorer</h2>
      {typeof operations === 'string' ? (
        <p role="status">The query cannot be read, so there is nothing to tick until it is mended: {operations}</p>
      ) : (
        <Explored value={shared}>
          <Chooser operations={operations} chosen={chosen} />
          <Tree chosen={chosen} />
        </Explored>
      )}
    </section>
  );
}

/** Where there are several operations: which one is looked at, and run. */
function Chooser({ operations, chosen }: { operations: OperationDefinitionNode[]; chosen: OperationDefinitionNode | undefined }) {
  const { setOperationName } = useGraphiQLActions();
  if (operations.length < 2) return null;
  return (
    <label>
      Operation{' '}
      <select value={chosen?.name?.value} onChange={(event) => setOperationName(event.target.value)}>
        {operations.map((one) => (
          <option key={nameOf(one)} value={one.name?.value}>
            {nameOf(one)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Tree({ chosen }: { chosen: OperationDefinitionNode | undefined }) {
  const schema = useGraphiQL((state) => state.schema);
  if (!schema) return <p role="status">The schema is not there yet.</p>;
  if (chosen) {
    const type = schema.getRootType(chosen.operation);
    if (!type) return <p>This server has no {chosen.operation}.</p>;
    return (
      <>
        <h3>{nameOf(chosen)}</h3>
        <Fields type={type} owner={{ node: chosen, head: chosen.operation }} path={nameOf(chosen)} />
      </>
    );
  }
  return (
    <>
      <p>Tick what you want to know.</p>
      {KINDS.map((kind) => {
        const type = schema.getRootType(kind);
        return (
          type && (
            <Fold key={kind} path={kind} label={kind} title={kind} open={kind === OperationTypeNode.QUERY}>
              <Fields type={type} owner={{ head: kind }} path={kind} />
            </Fold>
          )
        );
      })}
    </>
  );
}
