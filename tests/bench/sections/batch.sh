# Coupons a second of issue/batch, beside single claims.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read in measure.sh

batch_items=1000
batch_connections=4

section_batch() {
  local round ratio single=256
  for ((round = 1; round <= rounds; ++round)); do
    take_turn scrip $single
    take_batch_turn
  done
  ratio=$(divide "$(median_figure batch $batch_connections)" "$(median_figure scrip $single)" 2)
  add_claims_row scrip $single
  add_row "Scrip, issue/batch, $batch_connections connections, $batch_items items: coupons/s" \
    "$(thousands "$(median_figure batch $batch_connections)")" "$(each batch $batch_connections)" \
    "$(latency batch $batch_connections)" "$(failures batch $batch_connections)" "$ratio" \
    "at least 3 times the single claims" "$(compare "$ratio" least 3)"
}

take_batch_turn() {
  turn scrip $batch_connections measure_batch
  add_sample batch $batch_connections
  say_turn "issue/batch, $batch_connections connections" "coupons/s"
}

# A call is answered 200 whatever became of its items, so it is the stored coupons that count.
measure_batch() {
  local before after more
  run_wrk $batch_connections 1 batch "$target/batch" "$(seed)" "$token" $batch_items || return 1
  before=$(issued) || { problem="it does not say how many coupons it has"; return 1; }
  run_wrk $batch_connections "$seconds" batch "$target/batch" "$(seed)" "$token" $batch_items || return 1
  figure=$(divide $(((requests - refused) * batch_items)) "$taken" 0)
  failures=$(count_failures batch)
  after=$(issued) || { problem="it does not say how many coupons it has"; return 1; }
  more=$((after - before - (requests - refused) * batch_items))
  # What was under way when wrk stopped, this time and the time before, is stored as well.
  if [ "$more" -lt 0 ] || [ "$more" -gt $((2 * batch_connections * batch_items)) ]; then
    note="answered $(((requests - refused) * batch_items)), stored $((after - before))"
  fi
}
