// The frame of every page: the bar with the search box, the page that the address names, and the foot.

import { useEffect, useRef } from 'react';
import { at, has } from '../base.ts';
import { texts, useLanguage } from './data/language.ts';
import { version } from './generated.ts';
import { GiftPage } from './gift/page.tsx';
import { Overview } from './overview.tsx';
import { LanguageChoice } from './parts/language-choice.tsx';
import { SearchBox } from './parts/search-box.tsx';
import { Filled } from './parts/told.tsx';
import { giftOf, Link, useAddress } from './router.tsx';

/** What has a list of its own. */
const EVERYTHING = ['gifts', 'nations', 'animals', 'events', 'claims', 'sources'] as const;

export function App() {
  const { path } = useAddress();
  // Another language draws everything anew: no part of the page keeps itself from that.
  useLanguage();
  const t = texts().frame;
  const slug = giftOf(path);
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);

  // Another page begins at its top, for the eyes and for a screen reader; the first one does so by itself.
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    main.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [slug]);

  return (
    <>
      <a className="skip" href="#main">
        {t.skip}
      </a>
      <header className="bar">
        <Link className="brand" href="/">
          <Paw /> Menagerie
        </Link>
        <SearchBox />
        <nav aria-label={t.elsewhere}>
          {has('graphiql') && <a href={at('/graphiql')}>GraphiQL</a>}
          {has('schema') && <a href={at('/schema.graphql')}>{t.schema}</a>}
        </nav>
        <LanguageChoice />
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {slug === null ? <Overview /> : <GiftPage key={slug} slug={slug} />}
      </main>
      <footer className="foot">
        <nav aria-label={t.allOfIt}>
          <ul className="everything">
            {EVERYTHING.map((kind) => (
              <li key={kind}>
                <a href={at(`/${kind}`)}>{t.lists[kind]}</a>
              </li>
            ))}
            <li>
              <a href={at('/dataset')}>{t.dataset}</a>
            </li>
          </ul>
        </nav>
        <p>
          <Filled text={t.promise} api={<code>/graphql</code>} />
        </p>
        <p>
          <Filled
            text={t.version}
            version={version}
            licences={(words) => <a href={at('/licenses.txt')}>{words}</a>}
          />
        </p>
      </footer>
    </>
  );
}

function Paw() {
  return (
    <svg className="paw" viewBox="0 0 32 32" aria-hidden="true">
      <ellipse cx="7.8" cy="15.2" rx="2.6" ry="3.4" transform="rotate(-24 7.8 15.2)" />
      <ellipse cx="13" cy="9.4" rx="2.7" ry="3.7" transform="rotate(-6 13 9.4)" />
      <ellipse cx="19" cy="9.4" rx="2.7" ry="3.7" transform="rotate(6 19 9.4)" />
      <ellipse cx="24.2" cy="15.2" rx="2.6" ry="3.4" transform="rotate(24 24.2 15.2)" />
      <path d="M16 14.6c3.6 0 7 4.6 7 7.9 0 2.3-1.6 3.5-3.5 3.5-1.4 0-2.2-.7-3.5-.7s-2.1.7-3.5.7C10.6 26 9 24.8 9 22.5c0-3.3 3.4-7.9 7-7.9z" />
    </svg>
  );
}
