# Edited policies over a million recorded decisions, and what claims go on at meanwhile.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read in measure.sh

replayed_decisions=1000000

section_replay() {
  local edit edited=$scratch/edited
  rm -rf "$scratch/full"
  if ! fill_up 0 $replayed_decisions; then
    add_row "Scrip, replay of $(thousands $replayed_decisions) decisions" - - - "$(head -c 100 <<<"$problem")" - "-" "not measured"
    return
  fi
  mkdir -p "$edited"
  cp "$scratch/scripts/"*.lua "$edited/"
  # Nothing that counts is read otherwise: workers decide it all.
  sed -i 's/days = 7/days = 9/' "$edited/bench.lua"
  replay_rows "another expiry for each" other_expiry $replayed_decisions
  # From the first refusal on every decision is asked again with another count, one after the other.
  sed -i 's/days = 9/days = 7/; s/per_user_limit { max = 1 },/&\n    total_limit { max = 400000 },/' "$edited/bench.lua"
  replay_rows "a total that is reached" newly_refused $((replayed_decisions - 400000))
  replay_beside_claims
  rm -rf "$scratch/full"
}

# replay_once: sets $figure, decisions a second, and $answer.
replay_once() {
  local began ended
  began=$(date +%s.%N)
  answer=$(build/scrip policy replay --scripts "$edited" --plugins plugins --data "$scratch/full" --samples 1 --json) || return 1
  ended=$(date +%s.%N)
  took=$(awk -v began="$began" -v ended="$ended" 'BEGIN { printf "%.1f", ended - began }')
}

# replay_rows WHAT FLIP COUNT: the flips have to be these.
replay_rows() {
  local round times=() took answer
  for ((round = 1; round <= rounds; ++round)); do
    replay_once || { problem="scrip policy replay failed"; break; }
    case $answer in
      *"\"$2\":$3,"*) times+=("$took") ;;
      *) problem="not $3 of $2" ; break ;;
    esac
    say "  replay, $1: $took s"
  done
  local median
  median=$(printf '%s\n' "${times[@]:--}" | sort -n | sed -n "$(((${#times[@]} + 1) / 2))p")
  add_row "Scrip, replay of $(thousands $replayed_decisions) decisions, $1: seconds" "${median:--}" "${times[*]:--}" - \
    "${problem:-0}" - "at most 10" "$(compare "${median:--}" most 10)"
}

# Claims on a server, alone and while it works at replay after replay of its decisions.
replay_beside_claims() {
  local alone beside loop
  new_turn
  start_candidate scrip_full || { add_row "Scrip, claims beside a replay" - - - "$problem" - "-" "not measured"; return; }
  measure_claims scrip_full 64 "$seconds" || fail_turn
  alone=${figure:--}
  while SCRIP_TOKEN=$operator_token build/scrip policy replay --scripts "$edited" --plugins plugins --server "$url" >/dev/null 2>&1; do :; done &
  loop=$!
  measure_claims scrip_full 64 "$seconds" || fail_turn
  beside=${figure:--}
  kill "$loop" 2>/dev/null || true
  wait "$loop" 2>/dev/null || true
  stop_candidate scrip_full
  add_row "Scrip, 64 connections, alone and while it replays its decisions: claims/s" "$(thousands "$alone"), $(thousands "$beside")" - - - \
    "$(divide "$beside" "$alone" 2)"
}
