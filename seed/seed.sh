#!/bin/sh
# Waits until the MongoDB named by MONGODB_URI answers, then loads seed sets into it.
#
#   MONGODB_URI=mongodb://localhost:27017 seed/seed.sh                  the article
#   MONGODB_URI=mongodb://localhost:27017 seed/seed.sh article history  both sets
#   MONGODB_URI=mongodb://localhost:27017 seed/seed.sh ./my-folder --reset
#
#   MONGODB_URI    the database; required
#   MENAGERIE_BIN  the program to call; default: menagerie
#   SEED_WAIT      how many seconds to wait for the database; default: 60
#
# Exit status: 0 when all is loaded, 64 when called wrongly, 69 when the database
# did not answer in time, 127 when the program is not found; else that of `menagerie seed`.
set -eu

program=${MENAGERIE_BIN:-menagerie}
# The program refuses a MENAGERIE_ variable that it does not know, and this one is ours.
unset MENAGERIE_BIN
wait_for=${SEED_WAIT:-60}

say() { printf 'seed.sh: %s\n' "$*" >&2; }

if [ -z "${MONGODB_URI:-}" ]; then
  say 'MONGODB_URI is not set. Name the database, such as MONGODB_URI=mongodb://localhost:27017/?replicaSet=rs0'
  exit 64
fi
case $wait_for in
  '' | *[!0-9]*)
    say "SEED_WAIT is \"$wait_for\"; a whole number of seconds is accepted, such as 60"
    exit 64
    ;;
esac
if ! command -v "$program" >/dev/null 2>&1; then
  say "\"$program\" was not found. Build it with \`make run\`, or name its path in MENAGERIE_BIN"
  exit 127
fi

named=no
dry_run=--dry-run
for argument in "$@"; do
  case $argument in
    # Given twice it would be refused.
    --dry-run) dry_run= ;;
    -*) ;;
    *) named=yes ;;
  esac
done
[ "$named" = yes ] || set -- article "$@"

# 69 is EX_UNAVAILABLE of sysexits.h: the database does not answer. Any other failure
# (a bad file, a wrong setting) would be the same at the next try, so it ends the wait.
unavailable=69
deadline=$(($(date +%s) + wait_for))
told=no
while :; do
  status=0
  output=$("$program" seed $dry_run "$@" 2>&1) || status=$?
  [ "$status" -eq 0 ] && break
  if [ "$status" -ne "$unavailable" ]; then
    printf '%s\n' "$output" >&2
    exit "$status"
  fi
  if [ "$(date +%s)" -ge "$deadline" ]; then
    printf '%s\n' "$output" >&2
    say "the database did not answer within $wait_for s. Is it running, and does MONGODB_URI name it?"
    exit "$unavailable"
  fi
  if [ "$told" = no ]; then
    say "waiting up to $wait_for s for the database"
    told=yes
  fi
  sleep 1
done

exec "$program" seed "$@"
