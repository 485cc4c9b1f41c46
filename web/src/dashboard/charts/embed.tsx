// What a chart shows, as a list that other pages can show: without a script, by an address with the filter.

import { useId, useState } from 'react';
import { at } from '../../base.ts';
import type { View } from '../data/address.ts';
import { filterOf } from '../data/filters.ts';
import { texts } from '../data/language.ts';

export type Embedded = 'givers' | 'recipients' | 'animals' | 'decades' | 'flows';

export function Embed({ list, view }: { list: Embedded; view: View }) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const t = texts().charts.shared;
  const filter = filterOf(view);
  const parameters = filter ? `?${new URLSearchParams({ where: JSON.stringify(filter) })}` : '';
  const address = new URL(at(`/embed/${list}${parameters}`), location.href).href;
  const code = `<iframe src="${address.replaceAll('&', '&amp;').replaceAll('"', '%22')}" width="100%" height="400"></iframe>`;
  return (
    <>
      <button type="button" className="plain" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {t.embed}
      </button>
      {isOpen && (
        <span className="embed">
          <label className="unseen" htmlFor={id}>
            {t.embedCode}
          </label>
          <input id={id} readOnly value={code} onFocus={(event) => event.target.select()} />
        </span>
      )}
    </>
  );
}
