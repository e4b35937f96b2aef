# What recording decisions costs a claim, and what counting spares a crowd that is refused: the ledger in one
# process, 256 claims under way, with and without in turn.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read in measure.sh

section_decisions() {
  local round ratio recorded unrecorded
  for ((round = 1; round <= rounds; ++round)); do
    take_decisions_turn recorded claims_per_second --keep-decisions 30d
    take_decisions_turn unrecorded claims_per_second --keep-decisions 0
    take_decisions_turn refused_counted refusals_per_second --refused
    take_decisions_turn refused_recorded refusals_per_second --refused --record-refusals 1000000000
    take_decisions_turn refused_unrecorded refusals_per_second --refused --keep-decisions 0
  done
  ratio=$(divide "$(median_figure recorded 256)" "$(median_figure unrecorded 256)" 2)
  add_decisions_row recorded "claims/s" "$ratio" "at least 0.9 times those without" "$(compare "$ratio" least 0.9)"
  add_decisions_row unrecorded "claims/s" - - -
  ratio=$(divide "$(median_figure refused_counted 256)" "$(median_figure refused_unrecorded 256)" 2)
  add_decisions_row refused_counted "refusals/s" "$ratio" "at least 0.9 times those without" "$(compare "$ratio" least 0.9)"
  ratio=$(divide "$(median_figure refused_recorded 256)" "$(median_figure refused_unrecorded 256)" 2)
  add_decisions_row refused_recorded "refusals/s" "$ratio" - -
  add_decisions_row refused_unrecorded "refusals/s" - - -
  add_row "the record of a decision: bytes" "${record_bytes:--}"
  recorded=${bytes_per_claim[recorded]:--} unrecorded=${bytes_per_claim[unrecorded]:--}
  add_row "disk, with decisions: bytes a claim" "$recorded"
  add_row "disk, without: bytes a claim" "$unrecorded"
}

declare -A bytes_per_claim=()
record_bytes=''

# take_decisions_turn NAME FIGURE OPTION...: FIGURE is a member of what scrip bench engine prints.
take_decisions_turn() {
  local name=$1 of=$2 claims bytes
  shift 2
  new_turn
  start "$name" build/scrip bench engine --json --seconds "$seconds" --data "$scratch" --in-flight 256 "$@"
  if finish "$child"; then
    figure=$(engine_member "$name" "$of")
    failures=0
    claims=$(engine_member "$name" claims)
    bytes=$(engine_member "$name" file_bytes)
    [ -z "$claims" ] || bytes_per_claim[$name]=$(divide "$bytes" "$claims" 0)
    [ "$name" != recorded ] || record_bytes=$(printf '%.0f' "$(engine_member "$name" record_bytes)")
  fi
  [ -n "$figure" ] || { problem=$(tail -n 1 "$scratch/$name.log"); fail_turn; }
  add_sample "$name" 256
  say_turn "$(label_of "$name")" "${of%%_*}/s"
}

engine_member() { sed -n "s/.*\"$2\": *\([0-9.e+]*\).*/\1/p" "$scratch/$1.out"; }

# add_decisions_row NAME UNIT RATIO GOAL VERDICT
add_decisions_row() {
  add_row "$(label_of "$1"), 256 under way: $2" "$(thousands "$(median_figure "$1" 256)")" "$(each "$1" 256)" - \
    "$(failures "$1" 256)" "$3" "$4" "$5"
}
