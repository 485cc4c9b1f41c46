#!/usr/bin/env bash
# A descending sort looks at the smallest entry of a list (PyPI mongomock 4.3.0)
#
# Guess: sorted by `items.count` descending, a gift with items of 1 and 40 comes before one of 25.
# Rule: MongoDB manual, sort by a field that holds an array (cursor.sort, "Comparison/Sort Order"):
# ascending compares the smallest entries, descending the largest ones.
# Seen: mongomock sorts by the smallest entry both ways, so that descending is ascending reversed.
# montydb compares the largest one. "The largest gifts first" cannot be tested with mongomock.
# Versions: mongomock 4.3.0, montydb 2.5.6, pymongo 4.10.1 from PyPI. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install mongomock==4.3.0 montydb==2.5.6 pymongo==4.10.1

cat >program.py <<'PROGRAM'
import mongomock
import montydb

DOCUMENTS = [
    {'_id': 'pheasants', 'items': [{'count': 25}]},
    {'_id': 'lion and ducks', 'items': [{'count': 1}, {'count': 40}]},
    {'_id': 'yaks', 'items': [{'count': 2}]},
]
for name, client in (('mongomock', mongomock.MongoClient()), ('montydb', montydb.MontyClient(':memory:'))):
    gifts = client['museum']['gifts']
    gifts.insert_many([dict(document) for document in DOCUMENTS])
    for direction in (1, -1):
        print(name, direction, [gift['_id'] for gift in gifts.find().sort('items.count', direction)])
PROGRAM

cat >expected <<'SEEN'
mongomock 1 ['lion and ducks', 'yaks', 'pheasants']
mongomock -1 ['pheasants', 'yaks', 'lion and ducks']
montydb 1 ['lion and ducks', 'yaks', 'pheasants']
montydb -1 ['lion and ducks', 'pheasants', 'yaks']
SEEN

venv/bin/python program.py >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
