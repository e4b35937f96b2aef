# What other people's connections cost: 5,000 that are idle, 200 that send a byte a second, 2,000 that come at once.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read in measure.sh

idle_connections=5000
slow_senders=200
burst_connects=2000

section_idle() {
  local round ratio threads memory lost
  for ((round = 1; round <= rounds; ++round)); do
    take_turn scrip 64
    take_crowd_turn
    take_burst
  done
  ratio=$(divide "$(median_figure crowd 64)" "$(median_figure scrip 64)" 2)
  threads=$(largest crowd_threads)
  memory=$(largest crowd_memory)
  lost=$(largest burst)
  add_claims_row scrip 64
  add_row "Scrip, 64 connections, beside $idle_connections idle and $slow_senders slow ones: claims/s" \
    "$(thousands "$(median_figure crowd 64)")" "$(each crowd 64)" "$(latency crowd 64)" "$(failures crowd 64)" "$ratio" \
    "at least 0.6 times that without them" "$(compare "$ratio" least 0.6)"
  add_row "Scrip beside them: threads" "$threads" "$(each crowd_threads 64)" - - - "fewer than 100" "$(compare "$threads" most 99)"
  add_row "Scrip beside them: memory, MB" "$memory" "$(each crowd_memory 64)" - - - "at most 400" \
    "$(compare "$memory" most 400)"
  add_row "Scrip, $burst_connects connects in a tenth of a second: lost" "$lost" "$(each burst 64)" - \
    "$(failures burst 64)" - "none" "$(compare "$lost" most 0)"
}

largest() { column "$1" 64 4 | sort -n | tail -n 1 | grep . || echo -; }

# The claims of 64 connections in the middle of the crowd.
take_crowd_turn() {
  turn scrip 64 measure_in_crowd
  add_sample crowd 64
  say_turn "beside the crowd" "claims/s"
}

measure_in_crowd() {
  local crowd cut status=0
  start crowd env SCRIP_BENCH_TOKEN="$token" "$programs/bench_crowd" hold "$port" $idle_connections $slow_senders
  crowd=$child
  wait_for "$crowd" crowd 60 grep -q ready "$scratch/crowd.out" || { stop "$crowd"; return 1; }
  watched=$scrip
  measure_claims scrip 64 "$seconds" || status=1
  watched=
  add_figure crowd_threads "$most_threads"
  add_figure crowd_memory "$(memory_of "$scrip")"
  stop "$crowd"
  say "  the crowd: $(tail -n 1 "$scratch/crowd.out"), threads $most_threads, memory $(memory_of "$scrip") MB"
  # Those that are slow may be cut, and the crowd comes again. Those that are idle have a minute.
  cut=$(sed -n "s/^idle_cut=\([0-9]*\).*/\1/p" "$scratch/crowd.out")
  [ "$cut" = 0 ] || note+="${note:+, }${cut:-all} idle connections were cut"
  return "$status"
}

take_burst() {
  turn scrip 64 measure_burst
  add_figure burst "$figure" "$note"
}

measure_burst() {
  start burst "$programs/bench_crowd" burst "$port" $burst_connects
  finish "$child" || { problem=$(tail -n 1 "$scratch/burst.log"); return 1; }
  say "  the burst: $(cat "$scratch/burst.out")"
  figure=$(sed -n "s/.*lost=\([0-9]*\).*/\1/p" "$scratch/burst.out")
}

# add_figure NAME FIGURE [NOTE]: a sample that is one number.
add_figure() {
  local figure=$2 note=${3-} p50_ms='' p99_ms='' failures=''
  add_sample "$1" 64
}
