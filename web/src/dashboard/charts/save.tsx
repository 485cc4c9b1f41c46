// What a chart shows as a file: the picture as SVG, its data as CSV.

import type { RefObject } from 'react';

interface SaveProps {
  /** Of the file, without its ending. */
  name: string;
  /** What holds the picture and the table. */
  card: RefObject<HTMLElement | null>;
}

export function Save({ name, card }: SaveProps) {
  return (
    <>
      <button type="button" className="plain" onClick={() => save(`${name}.svg`, 'image/svg+xml', picture(card.current))}>
        SVG
      </button>
      <button type="button" className="plain" onClick={() => save(`${name}.csv`, 'text/csv', table(card.current))}>
        CSV
      </button>
    </>
  );
}

/** The picture as it is drawn; null while a table takes its place. */
function picture(card: HTMLElement | null): string | null {
  const svg = card?.querySelector('.picture svg');
  return svg ? new XMLSerializer().serializeToString(svg) : null;
}

/** The table as RFC 4180 has it, with the mark by which spreadsheets know UTF-8. */
function table(card: HTMLElement | null): string | null {
  const rows = card?.querySelectorAll('table tr');
  if (!rows) return null;
  const cell = (text: string) => `"${guarded(text.trim()).replaceAll('"', '""')}"`;
  const lines = [...rows].map((row) => [...row.children].map((one) => cell(one.textContent ?? '')).join(','));
  return `\uFEFF${lines.join('\r\n')}\r\n`;
}

/** A text that a spreadsheet would take for a formula, made safe. */
const guarded = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

function save(name: string, type: string, content: string | null): void {
  if (content === null) return;
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
