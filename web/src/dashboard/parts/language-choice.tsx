// The choice of the page's language, in the bar.

import { texts, useLanguage } from '../data/language.ts';
import { CODES, LANGUAGES, type Code } from '../languages.ts';
import { chooseLanguage } from '../router.tsx';

export function LanguageChoice() {
  const { code } = useLanguage();
  return (
    <select
      className="language"
      aria-label={texts().frame.language}
      value={code}
      onChange={(event) => chooseLanguage(event.target.value as Code)}
    >
      {CODES.map((one) => (
        <option key={one} value={one} lang={one}>
          {LANGUAGES[one].name}
        </option>
      ))}
    </select>
  );
}
