# Turns of the candidates, and what they came to: a line for each in $scratch/samples.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read in the sections

# run_wrk CONNECTIONS SECONDS SCRIPT URL ARGUMENT...: sets $requests, $taken, $refused (answers above 399),
# $broken (sockets' errors and time-outs), $p50_ms and $p99_ms. While it runs, $watched is looked at.
run_wrk() {
  local connections=$1 time=$2 script=$3 at=$4 pair pairs=()
  shift 4
  start wrk wrk -t1 -c"$connections" -d"${time}s" -s "$bench/wrk/$script.lua" "$at" -- "$@"
  local wrk=$child
  [ -z "$watched" ] || watch_while "$wrk"
  finish "$wrk" || { problem="wrk failed: $(tail -n 1 "$scratch/wrk.log")"; return 1; }
  requests='' taken='' refused='' broken='' p50_ms='' p99_ms=''
  read -r -a pairs < <(sed -n "s/^measured //p" "$scratch/wrk.out")
  for pair in "${pairs[@]}"; do printf -v "${pair%%=*}" %s "${pair#*=}"; done
  [ -n "$requests" ] || { problem="wrk said nothing: $(tail -n 1 "$scratch/wrk.out" "$scratch/wrk.log")"; return 1; }
}

# The process whose threads are counted meanwhile; $most_threads is the most that were seen.
watched='' most_threads=''
watch_while() {
  local now
  most_threads=0
  while is_alive "$1"; do
    now=$(threads_of "$watched") || now=0
    [ "$now" -le "$most_threads" ] || most_threads=$now
    sleep 0.2
  done
}

seed() { echo $((RANDOM * 32768 + RANDOM)); }

# measure_claims NAME CONNECTIONS SECONDS: of a candidate that runs. A second of claims comes first, which is not
# measured. Sets $figure (claims a second, 201s alone), $failures and $note, and what run_wrk sets.
measure_claims() {
  local name=$1 connections=$2 time=$3 before after warm answered more
  before=$(stored "$name") || { problem="it does not say how many claims it has"; return 1; }
  run_wrk "$connections" 1 claim "$target" "$(seed)" ${token:+"$token"} || return 1
  warm=$((requests - refused))
  run_wrk "$connections" "$time" claim "$target" "$(seed)" ${token:+"$token"} || return 1
  answered=$((warm + requests - refused))
  figure=$(divide $((requests - refused)) "$taken" 0)
  failures=$(count_failures "$name")
  note=
  [ "$before" != - ] || return 0
  # Those that were under way when wrk stopped, now, after the warm-up and in the turn before, are stored and not counted.
  after=$(stored "$name") || { problem="it does not say how many claims it has"; return 1; }
  more=$((after - before - answered))
  if [ "$more" -lt 0 ] || [ "$more" -gt $((3 * connections + broken)) ]; then
    note="answered $answered, stored $((after - before))"
  fi
}

# "0", or what went wrong. A user that was drawn twice is no failure, but no claim either.
count_failures() {
  local twice=0 text=
  [ "$refused" = 0 ] || case "$1" in scrip*) twice=$(already_issued) ;; esac
  [ "$refused" -le "$twice" ] || text="$((refused - twice)) refused"
  [ "$broken" = 0 ] || text+="${text:+, }$broken broken off"
  echo "${text:-0}"
}

# turn NAME CONNECTIONS MEASURE...: starts the candidate, calls MEASURE, which sets $figure and what else it finds
# out, and stops the candidate. What failed has no figure, but a note.
turn() {
  local candidate=$1 of=$2
  shift 2
  new_turn
  if start_candidate "$candidate" "$of"; then
    "$@" || fail_turn
    stop_candidate "$candidate"
  else
    fail_turn
  fi
}

new_turn() { figure='' p50_ms='' p99_ms='' failures='' note='' problem=''; }

fail_turn() {
  figure='' p50_ms='' p99_ms=''
  note="not measured: $problem"
}

# take_turn NAME CONNECTIONS: of claims. Adds a sample.
take_turn() {
  local name=$1 connections=$2
  turn "$name" "$connections" measure_claims "$name" "$connections" "$seconds"
  add_sample "$name" "$connections"
  say_turn "$(label_of "$name"), $connections connections" "claims/s"
}

# say_turn WHAT UNIT: what the turn came to, as progress.
say_turn() {
  local line
  line="  $1: $(thousands "$figure") $2"
  line+="${p99_ms:+, p99 $p99_ms ms}${failures:+, failed: $failures}${note:+ ($note)}"
  say "$line"
}

# The samples' columns: section, name, connections, figure, p50, p99, failures, note; no note names a directory of this machine.
add_sample() {
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$section" "$1" "$2" "${figure:--}" "${p50_ms:--}" "${p99_ms:--}" \
    "${failures:--}" "${note//"$PWD/"/}" >>"$scratch/samples"
}

# column NAME CONNECTIONS NUMBER: of this section's samples, a line each.
column() {
  awk -F '\t' -v section="$section" -v name="$1" -v connections="$2" -v number="$3" \
    '$1 == section && $2 == name && $3 == connections && $number != "-" && $number != "" { print $number }' "$scratch/samples"
}

median() {
  sort -n | awk '{ value[NR] = $1 }
    END { if (NR) print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2; else print "-" }'
}

median_figure() { column "$1" "$2" 4 | median; }
median_p99() { column "$1" "$2" 6 | median; }

# divide A B DECIMALS: "-" where one of them was not measured.
divide() {
  awk -v a="${1:--}" -v b="${2:--}" -v decimals="$3" \
    'BEGIN { if (a == "-" || b == "-" || b + 0 == 0) print "-"; else printf "%.*f\n", decimals, a / b }'
}
