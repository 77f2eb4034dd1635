#!/bin/sh
set -eu
if [ ! -e "$PGDATA/PG_VERSION" ]; then
  echo "$POSTGRES_PASSWORD" > /tmp/password
  initdb --auth=scram-sha-256 --username="${POSTGRES_USER:-postgres}" --pwfile=/tmp/password --encoding=UTF8 --locale=C
  rm /tmp/password
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  sed -i 's/^local.*/local all all trust/' "$PGDATA/pg_hba.conf"
  pg_ctl --wait start -o '-c listen_addresses='
  [ "${POSTGRES_DB:-postgres}" = postgres ] || createdb --username="${POSTGRES_USER:-postgres}" "$POSTGRES_DB"
  pg_ctl --wait stop
fi
exec "$@" -c 'listen_addresses=*'
