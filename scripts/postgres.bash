# Sourced by ./test: a PostgreSQL of the tests' own, in a temporary folder, reached by a socket there. It commits as
# durably as it can, unless told otherwise, and ends with the part that started it.

# Debian's folder of the newest version that is installed; empty where the programs are in the PATH.
postgres_programs() {
  local newest
  newest=$(compgen -G '/usr/lib/postgresql/*/bin/' | sort -V | tail -1)
  echo "${newest:-}"
}

# start_postgres [-c SETTING=VALUE...]: sets BELFRY_TEST_POSTGRES, the URL of a database whose user may make others.
start_postgres() {
  local programs log as=()
  programs=$(postgres_programs)
  command -v "${programs}initdb" >/dev/null || die "initdb is missing: install postgresql"
  postgres_folder=$(mktemp -d "${TMPDIR:-/tmp}/belfry-postgres-XXXXXX")
  trap stop_postgres EXIT
  log=$postgres_folder/log
  local password
  password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && echo "$password" >"$postgres_folder/password")
  if [ "$(id -u)" -eq 0 ]; then # PostgreSQL refuses root
    as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    chown -R nobody:nogroup "$postgres_folder"
  fi
  (cd "$postgres_folder" && "${as[@]}" "${programs}initdb" --pgdata="$postgres_folder/data" --username=belfry \
    --auth=scram-sha-256 --pwfile="$postgres_folder/password" --encoding=UTF8 --locale=C.UTF-8) >"$log" 2>&1 ||
    { cat "$log" >&2; die "initdb failed"; }
  (cd "$postgres_folder" && exec "${as[@]}" "${programs}postgres" -D "$postgres_folder/data" -k "$postgres_folder" \
    -c listen_addresses= -c max_connections=60 "$@") >>"$log" 2>&1 &
  postgres_process=$!
  local tries
  for tries in $(seq 600); do
    "${programs}pg_isready" -q -h "$postgres_folder" && break
    kill -0 "$postgres_process" 2>/dev/null && [ "$tries" -lt 600 ] || { cat "$log" >&2; die "PostgreSQL does not start"; }
    sleep 0.1
  done
  export BELFRY_TEST_POSTGRES="postgresql://belfry:$password@${postgres_folder//\//%2F}/postgres"
}

stop_postgres() {
  if [ -n "${postgres_process:-}" ]; then
    kill -INT "$postgres_process" 2>/dev/null || true # at once, but clean
    wait "$postgres_process" 2>/dev/null || true
  fi
  rm -rf "$postgres_folder"
}
