#!/usr/bin/env bash
# What lies below a null is neither there nor null (PyPI mongomock 4.3.0)
#
# Guess: `{"count.max": None}` finds the document `{"count": None}`: it has no field count.max, as
# `{"count.max": {"$exists": False}}` says of it.
# Rule: MongoDB manual, "Query for Null or Missing Fields": an equality with null finds documents
# whose field is null and those that do not have the field.
# Seen: mongomock does not find it, and `$ne: None` does, as if there were a known maximum. `$exists`
# says that the field is not there. montydb finds it as guessed. A test with mongomock of "gifts
# whose number nobody knows" passes or fails for the wrong documents.
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
    {'_id': 'absent'},
    {'_id': 'null', 'count': None},
    {'_id': 'no maximum', 'count': {'min': 71, 'max': None}},
    {'_id': 'exact', 'count': {'min': 2, 'max': 2}},
]
for name, client in (('mongomock', mongomock.MongoClient()), ('montydb', montydb.MontyClient(':memory:'))):
    gifts = client['museum']['gifts']
    gifts.insert_many([dict(document) for document in DOCUMENTS])
    for condition in ({'$exists': False}, None, {'$ne': None}):
        print(name, condition, [gift['_id'] for gift in gifts.find({'count.max': condition})])
PROGRAM

cat >expected <<'SEEN'
mongomock {'$exists': False} ['absent', 'null']
mongomock None ['absent', 'no maximum']
mongomock {'$ne': None} ['null', 'exact']
montydb {'$exists': False} ['absent', 'null']
montydb None ['absent', 'null', 'no maximum']
montydb {'$ne': None} ['exact']
SEEN

venv/bin/python program.py >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
