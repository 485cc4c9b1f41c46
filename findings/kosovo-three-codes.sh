#!/usr/bin/env bash
# Kosovo has three alpha-3 codes in three packages
#
# Guess: packages that go beyond ISO 3166-1 and have a code for Kosovo have the same one, XKX, which
# the European Commission and the World Bank use.
# Rule: ISO 3166-1: XAA to XZZ are for users to assign, so no code is official; UNK is no country's.
# Seen: XKK in i18n-iso-countries, UNK in world-countries (the United Nations' own for passports), XKX
# in PyPI iso3166. The alpha-2 code XK is the same in all of them: it is what joins records of
# Kosovo, and alpha-3, which joins all other states, loses them without an error.
# Versions: i18n-iso-countries 7.14.0, world-countries 5.1.0 from npm; iso3166 3.0.0 from PyPI.
# Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . i18n-iso-countries@7.14.0 world-countries@5.1.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install iso3166==3.0.0

cat >program.cjs <<'PROGRAM'
const i18n = require('i18n-iso-countries')
const world = require('world-countries')

i18n.registerLocale(require('i18n-iso-countries/langs/en.json'))
for (const alpha2 of ['XK', 'TW']) {
  console.log(alpha2, 'i18n-iso-countries:', i18n.alpha2ToAlpha3(alpha2), i18n.getName(alpha2, 'en'))
  console.log(alpha2, 'world-countries:', world.find(({ cca2 }) => cca2 === alpha2).cca3)
}
PROGRAM

cat >program.py <<'PROGRAM'
import iso3166

for alpha2 in ('XK', 'TW'):
    print(alpha2, 'iso3166:', iso3166.countries.get(alpha2).alpha3)
PROGRAM

cat >expected <<'SEEN'
XK i18n-iso-countries: XKK Kosovo
XK world-countries: UNK
TW i18n-iso-countries: TWN Taiwan, Province of China
TW world-countries: TWN
XK iso3166: XKX
TW iso3166: TWN
SEEN

{ node program.cjs; venv/bin/python program.py; } >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
