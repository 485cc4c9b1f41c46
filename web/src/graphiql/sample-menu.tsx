// The menu of sample queries. A menu and not a <select>: the arrow keys move through it without opening anything.

import { ChevronDownIcon, DropdownMenu, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { samples, type Sample } from './samples.ts';

export function SampleMenu() {
  const { addTab } = useGraphiQLActions();
  const { queryEditor, variableEditor } = useGraphiQL(({ queryEditor, variableEditor }) => ({
    queryEditor,
    variableEditor,
  }));

  function open(sample: Sample) {
    addTab();
    queryEditor?.setValue(sample.query);
    variableEditor?.setValue(sample.variables);
  }

  return (
    <DropdownMenu>
      {/* The editors arrive after the page; before that there is nothing to open a sample in. */}
      <DropdownMenu.Button className="sample-button" disabled={!queryEditor || !variableEditor}>
        Sample queries <ChevronDownIcon aria-hidden="true" />
      </DropdownMenu.Button>
      <DropdownMenu.Content className="sample-menu" collisionPadding={8}>
        {samples.map((sample) => (
          <DropdownMenu.Item key={sample.title} onSelect={() => open(sample)}>
            {sample.title}
          </DropdownMenu.Item>
        ))}
      </DropdownMenu.Content>
    </DropdownMenu>
  );
}
