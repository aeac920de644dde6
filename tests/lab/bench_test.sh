#!/bin/bash
# The bench itself works: each of its measurements once, as small as they get. Figures are for a quiet machine and no test.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/session.sh"

out=$(mktemp)
trap 'rm -f "$out"' EXIT
run() {
    "$lab_here/../bench/run" registry --swell "${SWELL:?the program}" --repeat 1 --delays 0 --hosts 2 --many 3 --no-impacket \
        > "$out" 2>&1 || { cat "$out"; return 1; }
}
row() { grep -qE -- "$1" "$out" || { cat "$out"; return 1; }; }

expect "it runs" run
expect "one host is planned and its turns are counted" row '^  swell plan +[0-9]+ +[0-9.]+ +[0-9.]+ '
expect "one host is applied" row '^  swell apply +[0-9]+ +[0-9.]+ +[0-9.]+ '
expect "beside Samba's client" row '^  net rpc registry import +[0-9]+ '
expect "several hosts are done" row '^  swell plan and apply +[0-9.]+ +[0-9.]+ '
expect "many are planned without an error" row '^  swell plan .* yes$'
