// The arguments of a field, and what is in them, as fields of a form. What is empty is not in the query.

import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  Kind,
  parseValue,
  print,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type ValueNode,
} from 'graphql';
import { useId, useState } from 'react';
import { filled, type Slot } from './edits.ts';
import { Fold } from './fields.tsx';
import { useExplored } from './text.ts';

export function Arguments({ field, node, path }: { field: GraphQLField<unknown, unknown>; node: FieldNode; path: string }) {
  const given = node.arguments ?? [];
  const open = given.length > 0 || field.args.some(isRequiredArgument);
  return (
    <div className="explorer-values">
      <Fold path={path} label={<span>Arguments</span>} title={`the arguments of ${field.name}`} open={open}>
        <ul>
          {field.args.map((one) => {
            const its = given.find(({ name }) => name.value === one.name);
            return <Value key={one.name} of={one} slot={{ node: its, name: one.name, parent: node }} path={`${path}/${one.name}`} />;
          })}
        </ul>
      </Fold>
    </div>
  );
}

function Value({ of, slot, path }: { of: GraphQLArgument | GraphQLInputField; slot: Slot; path: string }) {
  const type = getNullableType(of.type);
  const value = slot.node?.value;
  // Beside an object there may be a variable, which has no fields to show.
  if (!isInputObjectType(type) || (value && value.kind !== Kind.OBJECT)) {
    return (
      <li>
        <Leaf key={value ? print(value) : ''} {...{ of, slot }} />
      </li>
    );
  }
  const given = value?.fields ?? [];
  const label = (
    <span title={of.description ?? undefined}>
      {of.name} <small>{String(of.type)}</small>
    </span>
  );
  return (
    <li>
      <Fold path={path} label={label} title={of.name} open={given.length > 0}>
        <ul>
          {Object.values(type.getFields()).map((one) => {
            const its = given.find(({ name }) => name.value === one.name);
            return <Value key={one.name} of={one} slot={{ node: its, name: one.name, parent: slot }} path={`${path}/${one.name}`} />;
          })}
        </ul>
      </Fold>
    </li>
  );
}

/** A value that is chosen from a list, or written. */
function Leaf({ of, slot }: { of: GraphQLArgument | GraphQLInputField; slot: Slot }) {
  const { text, write, variables } = useExplored();
  const now = slot.node ? shown(slot.node.value) : '';
  const [written, setWritten] = useState(now);
  const [wrong, setWrong] = useState('');
  const told = useId();
  const choices = choicesOf(of.type);

  function set(input: string) {
    if (input === now) return setWrong('');
    try {
      write(filled(text, slot, input === '' ? null : literal(input, of.type, variables)));
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <label className="explorer-row" title={of.description ?? undefined}>
      {of.name} <small>{String(of.type)}</small>
      {choices ? (
        <select value={now} onChange={(event) => set(event.target.value)}>
          {['', ...choices, ...(choices.includes(now) || now === '' ? [] : [now])].map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      ) : (
        <input
          value={written}
          required={isNonNullType(of.type) && of.defaultValue === undefined}
          aria-invalid={wrong !== ''}
          aria-describedby={told}
          onChange={(event) => setWritten(event.target.value)}
          onBlur={() => set(written)}
          onKeyDown={(event) => event.key === 'Enter' && set(written)}
        />
      )}
      <span id={told} role="alert">
        {wrong}
      </span>
    </label>
  );
}

function choicesOf(type: GraphQLInputType): string[] | null {
  const nullable = getNullableType(type);
  if (isEnumType(nullable)) return nullable.getValues().map(({ name }) => name);
  return !isListType(nullable) && getNamedType(type).name === 'Boolean' ? ['true', 'false'] : null;
}

/** A value as it stands in its field: texts without their quotes. */
const shown = (value: ValueNode): string => (value.kind === Kind.STRING ? value.value : print(value));

/** What was written, as GraphQL has it; fails where it is none. */
function literal(input: string, type: GraphQLInputType, variables: ReadonlySet<string>): string {
  if (input.startsWith('$') && variables.has(input.slice(1))) return input;
  const nullable = getNullableType(type);
  const name = getNamedType(type).name;
  if (choicesOf(type)) return input;
  const isText = !isListType(nullable) && !isInputObjectType(nullable) && !['Int', 'Float', 'JSON'].includes(name);
  if (isText) return JSON.stringify(input);
  const value = parseValue(input);
  if (['Int', 'Float'].includes(name) && !isListType(nullable) && value.kind !== Kind.INT && value.kind !== Kind.FLOAT) {
    throw new Error(`${JSON.stringify(input)} is no number`);
  }
  return print(value);
}
