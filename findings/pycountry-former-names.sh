#!/usr/bin/env bash
# The fuzzy search finds other states for former ones (PyPI pycountry 26.2.16)
#
# Guess: search_fuzzy("Zaire") finds the Democratic Republic of the Congo or nothing, and
# search_fuzzy("Republic of China") Taiwan or nothing: pycountry has ISO 3166-3 with Zaire in it.
# Rule: ISO 3166-3, ZRCD: Zaire became the Democratic Republic of the Congo in 1997. In ISO 3166-1 the
# People's Republic of China and Taiwan have codes of their own.
# Seen: Zaire is Angola, which has a province of this name, and the Republic of China, also as the giver
# of pandas in 1941, is the state that was founded in 1949. Neither is marked as less sure than other
# answers. historic_countries has Zaire, Burma and the Soviet Union, but only by the full name of the
# standard, as "Zaire, Republic of".
# Versions: pycountry 26.2.16 from PyPI. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install pycountry==26.2.16

cat >program.py <<'PROGRAM'
import pycountry


def names(search, text):
    try:
        found = search(text)
    except LookupError:
        return 'not found'
    return [country.name for country in (found if isinstance(found, list) else [found])]


for text in ('Zaire', 'Republic of China', 'Soviet Union', 'Burma'):
    print(text)
    print('  search_fuzzy:', names(pycountry.countries.search_fuzzy, text))
    print('  historic_countries:', names(pycountry.historic_countries.lookup, text))
print([country.name for country in pycountry.historic_countries if country.alpha_4 in ('ZRCD', 'SUHH', 'BUMM')])
PROGRAM

cat >expected <<'SEEN'
Zaire
  search_fuzzy: ['Angola']
  historic_countries: not found
Republic of China
  search_fuzzy: ['China']
  historic_countries: not found
Soviet Union
  search_fuzzy: not found
  historic_countries: not found
Burma
  search_fuzzy: not found
  historic_countries: not found
['Burma, Socialist Republic of the Union of', 'USSR, Union of Soviet Socialist Republics', 'Zaire, Republic of']
SEEN

venv/bin/python program.py >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
