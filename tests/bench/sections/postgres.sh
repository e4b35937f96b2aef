# Durable claims on PostgreSQL: one, two and three Scrip nodes, beside pgbench with a claim a transaction.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read in measure.sh

section_postgres() {
  local round count ratio
  for ((round = 1; round <= rounds; ++round)); do
    take_pgbench_turn
    for count in 1 2 3; do take_nodes_turn "$count"; done
  done
  add_postgres_row pgbench - - -
  ratio=$(divide "$(median_figure nodes_1 256)" "$(median_figure pgbench 256)" 2)
  add_postgres_row nodes_1 "$ratio" "at least 5 times pgbench's" "$(compare "$ratio" least 5)"
  add_postgres_row nodes_2 "$(divide "$(median_figure nodes_2 256)" "$(median_figure nodes_1 256)" 2)" - -
  ratio=$(divide "$(median_figure nodes_3 256)" "$(median_figure nodes_1 256)" 2)
  add_postgres_row nodes_3 "$ratio" "at least what one has" "$(compare "$ratio" least 1.0)"
}

take_pgbench_turn() {
  new_turn
  if start_postgres; then
    measure_pgbench || fail_turn
    stop_postgres
  else
    fail_turn
  fi
  add_sample pgbench 256
  say_turn "$(label_of pgbench)" "claims/s"
}

# With as many clients as it is fastest with here; more of them queue for the same row.
measure_pgbench() {
  local at=$scratch/postgres
  "$postgres_bin/psql" -q -h "$at" -U scrip -d scrip -f "$bench/postgres/schema.sql" || return 1
  "$postgres_bin/pgbench" -h "$at" -U scrip -n -M prepared -c 64 -j 1 -T "$seconds" -f "$bench/postgres/claim.sql" scrip \
    >"$scratch/pgbench.out" 2>"$scratch/pgbench.log" || { problem=$(tail -n 1 "$scratch/pgbench.log"); return 1; }
  figure=$(sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$scratch/pgbench.out")
  failures=$(sed -n 's/^number of failed transactions: \([0-9]*\).*/\1/p' "$scratch/pgbench.out")
}

take_nodes_turn() {
  new_turn
  if start_postgres; then
    if start_nodes "$1"; then measure_nodes "$1" || fail_turn; else fail_turn; fi
    stop_nodes
    stop_postgres
  else
    fail_turn
  fi
  add_sample "nodes_$1" 256
  say_turn "$(label_of "nodes_$1"), 256 connections in all" "claims/s"
}

# A wrk for each node, at once; their claims are added up, and the worst p99 is shown.
measure_nodes() {
  local i before after pair pairs sum=0 answered=0 bad=0 p50=0 p99=0
  before=$(issued) || return 1
  crowd_on_nodes "$1" 1 || return 1
  for ((i = 1; i <= $1; ++i)); do answered=$((answered + $(claims_of "$i"))); done
  crowd_on_nodes "$1" "$seconds" || return 1
  for ((i = 1; i <= $1; ++i)); do
    requests='' taken='' refused='' broken='' p50_ms='' p99_ms=''
    read -r -a pairs < <(sed -n "s/^measured //p" "$scratch/wrk-$i.out")
    for pair in "${pairs[@]}"; do printf -v "${pair%%=*}" %s "${pair#*=}"; done
    [ -n "$requests" ] || { problem="wrk said nothing"; return 1; }
    sum=$(awk -v a="$sum" -v n="$((requests - refused))" -v t="$taken" 'BEGIN { print a + n / t }')
    answered=$((answered + requests - refused)) bad=$((bad + refused + broken))
    p50=$(larger "$p50" "$p50_ms") p99=$(larger "$p99" "$p99_ms")
  done
  figure=$(divide "$sum" 1 0) failures=$bad p50_ms=$p50 p99_ms=$p99 note=
  after=$(issued) || return 1
  [ $((after - before)) -ge "$answered" ] && [ $((after - before)) -le $((answered + 3 * 256 + bad)) ] ||
    note="answered $answered, stored $((after - before))"
}

larger() { awk -v a="$1" -v b="$2" 'BEGIN { print a + 0 > b + 0 ? a : b }'; }
claims_of() { sed -n 's/^measured .*requests=\([0-9]*\).*refused=\([0-9]*\).*/\1 \2/p' "$scratch/wrk-$1.out" | awk '{ print $1 - $2 }'; }

# crowd_on_nodes COUNT SECONDS
crowd_on_nodes() {
  local i each=$((256 / $1)) crowd=()
  for ((i = 1; i <= $1; ++i)); do
    start "wrk-$i" wrk -t1 -c"$each" -d"$2s" -s "$bench/wrk/claim.lua" "${nodes[i - 1]}/api/v1/campaigns/bench/issue" -- \
      "$(seed)" "$service_token"
    crowd+=("$child")
  done
  for each in "${crowd[@]}"; do finish "$each" || { problem="wrk failed"; return 1; }; done
}

add_postgres_row() {
  add_row "$(label_of "$1"): claims/s" "$(thousands "$(median_figure "$1" 256)")" "$(each "$1" 256)" \
    "$(latency "$1" 256)" "$(failures "$1" 256)" "$2" "$3" "$4"
}
