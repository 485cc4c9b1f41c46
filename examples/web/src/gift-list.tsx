// The list as a reader sees it, whichever client has fetched it.

interface Props {
  gifts: readonly Gift[];
  totalCount: number;
  /** Fetches the next page; absent when there is none, or while it comes. */
  more: (() => void) | undefined;
}

/** What the list shows of a gift: each client's own type has it. */
export interface Gift {
  readonly id: string;
  readonly title: string;
  /** Absent where nobody says when. */
  readonly date: { readonly edtf: string } | null | undefined;
  /** Absent where nobody says how many; never 0 for that. */
  readonly total: { readonly text: string } | null | undefined;
}

export function GiftList({ gifts, totalCount, more }: Props) {
  return (
    <section>
      <p>
        {gifts.length} of {totalCount} gifts
      </p>
      <ul>
        {gifts.map(({ id, title, date, total }) => (
          <li key={id} id={id}>
            {title}, {date?.edtf ?? 'at an unknown time'}: {total?.text ?? 'an unknown number'}
          </li>
        ))}
      </ul>
      <button disabled={!more} onClick={more}>
        Load more
      </button>
    </section>
  );
}
