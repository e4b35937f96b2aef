# Durable claims on PostgreSQL: one, two and three Scrip nodes, beside pgbench with a claim a transaction.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read in measure.sh

section_postgres() {
  local round count ratio
  for ((round = 1; round <= rounds; ++round)); do
    take_pgbench_turn
    for count in 1 2 3; do take_nodes_turn "$count" 256; done
    take_nodes_turn 3 768
  done
  add_postgres_row pgbench - - -
  ratio=$(divide "$(median_figure nodes_1 256)" "$(median_figure pgbench 256)" 2)
  add_postgres_row nodes_1 "$ratio" "at least 5 times pgbench's" "$(compare "$ratio" least 5)"
  add_postgres_row nodes_2 "$(divide "$(median_figure nodes_2 256)" "$(median_figure nodes_1 256)" 2)" - -
  ratio=$(divide "$(median_figure nodes_3 256)" "$(median_figure nodes_1 256)" 2)
  add_postgres_row nodes_3 "$ratio" "at least what one has" "$(compare "$ratio" least 1.0)"
  add_postgres_row nodes_3 "$(divide "$(median_figure nodes_3 768)" "$(median_figure nodes_1 256)" 2)" - - 768
  for count in 1 2 3; do add_model_rows "$count"; done
}

# What the model of db/README.md goes by, and what it says of the nodes that were measured.
add_model_rows() {
  local what
  while read -r what label; do
    add_row "$(label_of "nodes_$1"): $label" "$(median_figure "nodes_$1" "$what")" "$(each_as_it_is "nodes_$1" "$what")"
  done <<TEXT
batch claims in a batch
decide ms to load and decide a batch
store ms to write and commit a batch
node_cpu us of the nodes' CPU a claim
postgres_cpu us of PostgreSQL's CPU a claim
wrk_cpu us of wrk's CPU a claim
model claims/s by the model
TEXT
}
each_as_it_is() { column "$1" "$2" 4 | paste -s -d ' '; }

# keep_model COUNT BEFORE AFTER: of the crowd that was just measured. The nodes, the database and wrk share the cores, so
# what they take of them bounds the claims; so does what a node's batches take, one after the other.
keep_model() {
  local name=$1 cores
  cores=$(nproc)
  # shellcheck disable=SC2086 # words
  set -- $2 $3
  awk -v nodes="$name" -v cores="$cores" -v b0="$1" -v c0="$2" -v d0="$3" -v s0="$4" -v n0="$5" -v p0="$6" -v w0="$7" \
    -v b1="$8" -v c1="$9" -v d1="${10}" -v s1="${11}" -v n1="${12}" -v p1="${13}" -v w1="${14}" 'BEGIN {
      batches = b1 - b0; claims = c1 - c0
      if (batches <= 0 || claims <= 0) exit
      print "batch", claims / batches
      print "decide", (d1 - d0) / batches * 1000
      print "store", (s1 - s0) / batches * 1000
      node = (n1 - n0) / claims * 1000; postgres = (p1 - p0) / claims * 1000; wrk = (w1 - w0) / claims * 1000
      print "node_cpu", node; print "postgres_cpu", postgres; print "wrk_cpu", wrk
      by_cores = cores * 1e6 / (node + postgres + wrk)
      by_batches = nodes * (claims / batches) / ((d1 - d0 + s1 - s0) / batches)
      print "model", by_cores < by_batches ? by_cores : by_batches
    }' >"$scratch/model"
}

add_model_samples() {
  local what value
  while read -r what value; do
    figure=$(divide "$value" 1 2) p50_ms='' p99_ms='' failures='' note=''
    add_sample "nodes_$1" "$what"
  done <"$scratch/model"
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

# take_nodes_turn COUNT CONNECTIONS
take_nodes_turn() {
  new_turn
  : >"$scratch/model"
  if start_postgres; then
    if start_nodes "$1"; then measure_nodes "$1" "$2" || fail_turn; else fail_turn; fi
    stop_nodes
    stop_postgres
  else
    fail_turn
  fi
  add_sample "nodes_$1" "$2"
  say_turn "$(label_of "nodes_$1"), $2 connections in all" "claims/s"
  [ "$2" != 256 ] || add_model_samples "$1"
}

# measure_nodes COUNT CONNECTIONS: a wrk for each node, at once; their claims are added up, and the worst p99 is shown.
measure_nodes() {
  local i before after had pair pairs sum=0 answered=0 bad=0 p50=0 p99=0
  before=$(issued) || return 1
  crowd_on_nodes "$1" "$2" 1 || return 1
  for ((i = 1; i <= $1; ++i)); do answered=$((answered + $(claims_of "$i"))); done
  had="$(ledgers) $(cpu_of "${node_processes[@]}") $(cpu_of_postgres) $crowd_cpu"
  crowd_on_nodes "$1" "$2" "$seconds" || return 1
  keep_model "$1" "$had" "$(ledgers) $(cpu_of "${node_processes[@]}") $(cpu_of_postgres) $crowd_cpu"
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
  [ $((after - before)) -ge "$answered" ] && [ $((after - before)) -le $((answered + 3 * $2 + bad)) ] ||
    note="answered $answered, stored $((after - before))"
}

larger() { awk -v a="$1" -v b="$2" 'BEGIN { print (a + 0 > b + 0) ? a : b }'; }
claims_of() { sed -n 's/^measured .*requests=\([0-9]*\).*refused=\([0-9]*\).*/\1 \2/p' "$scratch/wrk-$1.out" | awk '{ print $1 - $2 }'; }

# crowd_on_nodes COUNT CONNECTIONS SECONDS: adds the milliseconds of CPU that it takes to $crowd_cpu.
crowd_cpu=0
crowd_on_nodes() {
  local i each=$(($2 / $1)) crowd=()
  for ((i = 1; i <= $1; ++i)); do
    start "wrk-$i" wrk -t1 -c"$each" -d"$3s" -s "$bench/wrk/claim.lua" "${nodes[i - 1]}/api/v1/campaigns/bench/issue" -- \
      "$(seed)" "$service_token"
    crowd+=("$child")
  done
  # What it takes is not known any more when it has ended.
  sleep "$(awk -v seconds="$3" 'BEGIN { print seconds - 0.2 }')"
  crowd_cpu=$((crowd_cpu + $(cpu_of "${crowd[@]}")))
  for each in "${crowd[@]}"; do finish "$each" || { problem="wrk failed"; return 1; }; done
}

# add_postgres_row NAME RATIO GOAL VERDICT [CONNECTIONS]
add_postgres_row() {
  local connections=${5:-256}
  add_row "$(label_of "$1")${5:+, $5 connections in all}: claims/s" "$(thousands "$(median_figure "$1" "$connections")")" \
    "$(each "$1" "$connections")" "$(latency "$1" "$connections")" "$(failures "$1" "$connections")" "$2" "$3" "$4"
}
