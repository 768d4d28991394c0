#!/usr/bin/env bash
# Checks a file of evidence with psql, mariadb (or mysql) and sha256sum, and with nothing of Nightferry's.
#
#   check.sh EVIDENCE TARGET_URL [OPTIONS OF mariadb, THE DATABASE LAST]
#   check.sh shop.json postgresql://reader@db2/shop --host=db1 --user=reader shop
#
# Without options for mariadb only the target is asked. Exits with 1 where a digest is another one.
set -euo pipefail
if [ $# -lt 2 ]; then
  sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
export EVIDENCE=$1
target=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
client=${MARIADB:-$(command -v mariadb || command -v mysql || true)}

# The canonical text depends on these settings.
export PGOPTIONS="-c TimeZone=UTC -c DateStyle=ISO,YMD -c IntervalStyle=postgres -c bytea_output=hex -c extra_float_digits=1"
export PGCLIENTENCODING=UTF8
from_target() { psql "$target" -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }
from_source() {
  "$client" --default-character-set=utf8mb4 --init-command="SET SESSION sql_mode='', time_zone='+00:00'" \
    --batch --raw --skip-column-names --quick "$@"
}

# 1. The document is the one that was written.
said=$(sed -n '1s/.*"sha256":"\([0-9a-f]*\)".*/\1/p' "$EVIDENCE")
is=$(sed -n 2p "$EVIDENCE" | tr -d '\n' | sha256sum | cut -d ' ' -f 1)
if [ "$said" != "$is" ]; then
  echo "evidence: SHA-256 is $is, and its first line says $said"
  exit 1
fi
echo "evidence: SHA-256 $is, as its first line says"

# 2. Its digests. statements.sql makes of the evidence what is to be asked: one line for each digest.
equal=0 unequal=0 refused=0
while IFS=$'\t' read -r side form what wanted statement; do
  sql=$(printf %s "$statement" | base64 -d)
  if [ "$side" = not ]; then
    echo "$what: $sql"
    refused=$((refused + 1))
    continue
  fi
  if [ "$side" = source ] && [ $# -eq 0 ]; then continue; fi
  case $side-$form in
    target-range) got=$(from_target -c "$sql" </dev/null | sha256sum | cut -d ' ' -f 1) ;;
    source-range) got=$(from_source -e "$sql" "$@" </dev/null | sha256sum | cut -d ' ' -f 1) ;;
    # Four sums of 32 bits: sum.sql carries them into one of 128.
    target-sum) got=$(from_target -F ' ' -c "$sql" </dev/null) ;;
    source-sum) got=$(from_source -e "$sql" "$@" </dev/null | tr '\t' ' ') ;;
  esac
  if [ "$form" = sum ]; then
    read -r rows a b c d <<<"$got"
    got="$rows $(from_target -v a="$a" -v b="$b" -v c="$c" -v d="$d" -f "$here/sum.sql" </dev/null)"
  fi
  if [ "$got" = "$wanted" ]; then
    equal=$((equal + 1))
  else
    unequal=$((unequal + 1))
    echo "$what on the $side: $got, and the evidence says $wanted"
  fi
done < <(from_target -F $'\t' -f "$here/statements.sql")
echo "$equal digests are as the evidence says, $unequal are not; $refused tables or columns cannot be computed by SQL in the source"
[ "$unequal" -eq 0 ] && [ "$equal" -gt 0 ]
