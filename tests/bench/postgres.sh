# A PostgreSQL server of a run's own, and Scrip nodes on it.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read in the sections

postgres_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi
}

# start_postgres: as durable as Scrip is, on an empty database; sets $postgres and $postgres_url.
start_postgres() {
  local at=$scratch/postgres
  [ -n "$postgres_bin" ] || { problem="PostgreSQL is not installed"; return 1; }
  rm -rf "$at"
  mkdir "$at"
  chmod 711 "$scratch"
  [ "$(id -u)" != 0 ] || chown postgres "$at"
  as_postgres "$postgres_bin/initdb" -D "$at/data" -A trust -U scrip -E UTF8 --locale=C >"$scratch/initdb.log" 2>&1 ||
    { problem="initdb: $(tail -n 1 "$scratch/initdb.log")"; return 1; }
  start postgres as_postgres "$postgres_bin/postgres" -D "$at/data" -k "$at" -c listen_addresses= \
    -c max_connections=200 -c shared_buffers=512MB -c max_wal_size=4GB -c fsync=on -c synchronous_commit=on
  postgres=$child
  wait_for "$postgres" postgres 30 "$postgres_bin/pg_isready" -q -h "$at" || return 1
  "$postgres_bin/createdb" -h "$at" -U scrip scrip || { problem="no database could be made"; return 1; }
  postgres_url="postgresql://scrip@/scrip?host=$at"
}

# At once, and without a checkpoint that would be measured with the next turn.
stop_postgres() {
  as_postgres "$postgres_bin/pg_ctl" -D "$scratch/postgres/data" -m immediate -w stop >/dev/null 2>&1 || true
  stop "$postgres"
}

# start_nodes COUNT: Scrip on the database; their URLs are in nodes[], their processes in node_processes[].
start_nodes() {
  local i secret=$scratch/node-secret
  nodes=() node_processes=()
  head -c 32 /dev/urandom | base64 >"$secret"
  chmod 600 "$secret"
  mkdir -p "$scratch/scripts"
  cp scripts/*.lua "$bench/scripts/bench.lua" "$scratch/scripts/"
  for ((i = 1; i <= $1; ++i)); do
    rm -rf "$scratch/node-$i"
    start "node-$i" build/scrip serve --data "$scratch/node-$i" --store "$postgres_url" --secret-file "$secret" \
      --listen 127.0.0.1:0 --scripts "$scratch/scripts" --plugins plugins --log-level warn
    node_processes+=("$child")
    wait_for "$child" "node-$i" 60 prints_url "node-$i" || return 1
    nodes+=("$(url_of "node-$i")")
  done
  url=${nodes[0]}
  service_token=$(build/scrip token --data "$scratch/node-1" --secret-file "$secret" --sub bench --role service) || return 1
  operator_token=$(build/scrip token --data "$scratch/node-1" --secret-file "$secret" --sub bench --role operator) || return 1
  api POST /api/v1/campaigns '{"id":"bench","policy":"bench","total":1000000000}' >"$scratch/campaign.out"
  issued >/dev/null || { problem="no campaign: $(cat "$scratch/campaign.out")"; return 1; }
}

stop_nodes() {
  local each
  for each in "${node_processes[@]}"; do stop "$each"; done
}

# Milliseconds of CPU that processes have taken, all threads together.
cpu_of() {
  local each ticks=0 of
  for each in "$@"; do
    of=$(awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$each/stat" 2>/dev/null) || continue
    ticks=$((ticks + ${of:-0}))
  done
  echo $((ticks * 1000 / $(getconf CLK_TCK)))
}

# The database server's, with that of its sessions.
cpu_of_postgres() {
  local leader
  leader=$(head -n 1 "$scratch/postgres/data/postmaster.pid")
  # shellcheck disable=SC2046 # a word for each process
  cpu_of "$leader" $(cat "/proc/$leader/task/$leader/children")
}

# What the ledgers of all nodes have done: batches, commands, seconds to load and decide, and seconds to store.
ledgers() {
  local each
  for each in "${nodes[@]}"; do curl -sS --max-time 60 "$each/metrics"; done | awk '
    /^scrip_commit_batch_commands_count/ { batches += $NF }
    /^scrip_commit_batch_commands_sum/ { commands += $NF }
    /^scrip_commit_decide_seconds_sum/ { deciding += $NF }
    /^scrip_commit_seconds_sum/ { storing += $NF }
    END { print batches + 0, commands + 0, deciding + 0, storing + 0 }'
}
