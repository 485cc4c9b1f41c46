#!/usr/bin/env bash
# Two numbers in one text become one that nobody wrote (PyPI word2number 1.1)
#
# Guess: a text with two numbers is refused as ambiguous, or the first one is given: a text without
# a number is refused as well.
# Rule: what the text says; "between five and ten" has bounds, 5 and 10.
# Seen: the numbers are added up or run together, without an error: bounds become their sum, two
# species one herd, and a year in words loses its century. An uncertain count, which ought to keep
# its bounds, looks like an exact one. PyPI numerizer leaves the numbers where they stand.
# Versions: word2number 1.1, numerizer 0.2.4 from PyPI. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install word2number==1.1 numerizer==0.2.4

cat >program.py <<'PROGRAM'
from numerizer import numerize
from word2number import w2n

for text in (
    'between five and ten sheep',
    'two or three bears',
    'two lions and three bears',
    'forty to fifty',
    'a hundred and one',
    'nineteen fifty-nine',
):
    print(text, '| word2number:', w2n.word_to_num(text), '| numerizer:', numerize(text))
PROGRAM

cat >expected <<'SEEN'
between five and ten sheep | word2number: 15 | numerizer: between 5 and 10 sheep
two or three bears | word2number: 5 | numerizer: 2 or 3 bears
two lions and three bears | word2number: 5 | numerizer: 2 lions and 3 bears
forty to fifty | word2number: 90 | numerizer: 40 to 50
a hundred and one | word2number: 100 | numerizer: 101
nineteen fifty-nine | word2number: 959 | numerizer: 19 50 9
SEEN

venv/bin/python program.py >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
