# Durable claims without a network: Scrip's ledger and Tarantool, each in one process, 256 claims under way.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read in measure.sh

section_engine() {
  local round ratio
  for ((round = 1; round <= rounds; ++round)); do
    take_engine_turn engine build/scrip bench engine --json --seconds "$seconds" --data "$scratch" --in-flight 256
    rm -rf "$scratch/tarantool"
    mkdir "$scratch/tarantool"
    take_engine_turn tarantool env "$(with_peers)" "$peers/usr/bin/tarantool" "$bench/peers/tarantool.lua" \
      "$scratch/tarantool" "$seconds"
  done
  rm -rf "$scratch/tarantool"
  ratio=$(divide "$(median_figure engine 256)" "$(median_figure tarantool 256)" 2)
  add_engine_row engine - - -
  add_engine_row tarantool "$ratio" "Scrip at least 1.0 times it" "$(compare "$ratio" least 1.0)"
}

# take_engine_turn NAME COMMAND...: the command prints {"claims_per_second":…,"claims":…,"refused":…}.
take_engine_turn() {
  local name=$1
  shift
  new_turn
  start "$name" "$@"
  if finish "$child"; then
    figure=$(sed -n 's/.*"claims_per_second": *\([0-9.e+]*\).*/\1/p' "$scratch/$name.out")
    failures=0
  fi
  [ -n "$figure" ] || { problem=$(tail -n 1 "$scratch/$name.log"); fail_turn; }
  add_sample "$name" 256
  say_turn "$(label_of "$name")" "claims/s"
}

add_engine_row() {
  add_row "$(label_of "$1"), 256 under way: claims/s" "$(thousands "$(median_figure "$1" 256)")" "$(each "$1" 256)" - \
    "$(failures "$1" 256)" "$2" "$3" "$4"
}
