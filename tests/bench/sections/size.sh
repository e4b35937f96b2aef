# With many coupons issued: claims beside an empty store's, a minute of them, disk, lists and look-ups.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read in measure.sh

batch_of_fill=10000
slices=6

section_size() {
  local many round
  many=$(thousands "$coupons")
  if ! fill; then
    add_row "Scrip with $many coupons" - - - "$(head -c 100 <<<"$problem")" - "all of this section" "not measured"
    return
  fi
  add_disk_rows "$scratch/full" "$coupons" "issued in batches"
  measure_reads
  for ((round = 1; round <= rounds; ++round)); do
    take_turn scrip 256
    take_turn scrip_full 256
  done
  take_minute scrip "on an empty store"
  add_disk_rows "$scratch/scrip" "$issued_in_minute" "claimed one by one"
  take_minute scrip_full "with $many coupons"
  add_full_rows
  add_verify_row
  rm -rf "$scratch/full"
}

# The user of the N-th coupon: all over the range of the random ones.
# Every ten millions have a range of their own: awk's numbers are exact to 2^53.
user_of_nth='function user(n,  m) {
  m = n % 10000000
  return sprintf("user-%09.0f%06.0f%s", (m * 618033989) % 999999937, (m * 7919) % 1000000, n < 10000000 ? "" : int(n / 10000000))
}'

# Fills $scratch/full with $coupons coupons.
fill() {
  rm -rf "$scratch/full"
  fill_up 0 "$coupons"
}

# fill_up FROM TO: issues the coupons that follow the first FROM of $scratch/full, to as many users through
# issue/batch, and lets the server checkpoint and stop. Sets $filled_in, the seconds, and $held, how many it has then.
fill_up() {
  local done_ count status before coupons=$2 started=$SECONDS
  problem=
  start_claims "$scratch/full" || return 1
  before=$(issued)
  for ((done_ = $1; done_ < coupons; done_ += count)); do
    count=$((coupons - done_ < batch_of_fill ? coupons - done_ : batch_of_fill))
    status=$(batch_body "$done_" "$count" | curl -sS --max-time 120 -o "$scratch/fill.out" -w '%{http_code}' --data-binary @- \
      -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$target/batch")
    [ "$status" = 200 ] || { problem="issue/batch answered $status: $(head -c 200 "$scratch/fill.out")"; break; }
    [ $((done_ % 100000)) -ne 0 ] || [ ! -t 2 ] || printf '\r  issued %s of %s ' "$(thousands "$done_")" "$(thousands "$coupons")" >&2
  done
  [ ! -t 2 ] || printf '\r' >&2
  filled_in=$((SECONDS - started))
  held=$(issued)
  [ -n "$problem" ] || [ $((held - before)) = $((coupons - $1)) ] || problem="issued $((held - before)), not $((coupons - $1))"
  stop_scrip
  say "  issued $(thousands $((coupons - $1))) coupons in $filled_in s ${problem:+($problem)}"
  [ -z "$problem" ]
}

batch_body() {
  awk -v first="$1" -v count="$2" "$user_of_nth"'
    BEGIN {
      printf "{\"items\":["
      for (n = first + 1; n <= first + count; ++n) printf "%s{\"user_id\":\"%s\"}", (n > first + 1 ? "," : ""), user(n)
      printf "]}"
    }'
}

# add_disk_rows DIR COUPONS HOW: of the database after a stop, which leaves nothing in the log. What decisions
# take is what the tables of that name and their indexes take; all else is the coupons'.
add_disk_rows() {
  local folder=$1 count=$2 how=$3 bytes decisions coupon with_decision
  bytes=$(stat -c %s "$folder/scrip.db"* 2>/dev/null | awk "{ sum += \$1 } END { printf \"%.0f\", sum }") || true
  decisions=$(env "$(with_peers)" "$peers/usr/bin/sqlite3" "file:$folder/scrip.db?immutable=1" \
    "select sum(pgsize) from dbstat where aggregate = true and name in (select name from sqlite_schema where tbl_name like 'decision%')") ||
    decisions=
  coupon=$(divide "$([ -z "$decisions" ] || echo $((bytes - decisions)))" "$count" 0)
  with_decision=$(divide "$bytes" "$count" 0)
  add_row "Scrip, disk for each of $(thousands "$count") coupons, $how: bytes" "$coupon" - - - - "at most 200" \
    "$(compare "$coupon" most 200)"
  add_row "Scrip, disk for each of them with its decision: bytes" "$with_decision" - - - - "at most 400" \
    "$(compare "$with_decision" most 400)"
}

add_full_rows() {
  local ratio
  ratio=$(divide "$(median_figure scrip_full 256)" "$(median_figure scrip 256)" 2)
  add_claims_row scrip 256
  add_row "Scrip with $(thousands "$coupons") coupons, 256 connections: claims/s" "$(thousands "$(median_figure scrip_full 256)")" \
    "$(each scrip_full 256)" "$(latency scrip_full 256)" "$(failures scrip_full 256)" "$ratio" \
    "at least 0.7 times the empty store" "$(compare "$ratio" least 0.7)"
  add_minute_row scrip "on an empty store"
  add_minute_row scrip_full "with $(thousands "$coupons") coupons"
}

# take_minute NAME WHERE: claims for $minute seconds, in six parts.
take_minute() {
  local part
  issued_in_minute=-
  if ! start_candidate "$1"; then
    fail_turn
    add_sample "minute_$1" 256
    say "  a minute of claims $2: $problem"
    return
  fi
  for ((part = 1; part <= slices; ++part)); do
    new_turn
    measure_claims "$1" 256 $((minute / slices)) || fail_turn
    add_sample "minute_$1" 256
    say_turn "claims $2, part $part of $slices" "claims/s"
  done
  issued_in_minute=$(issued) || issued_in_minute=-
  stop_candidate "$1"
}

# It sinks when the last third is below nine tenths of the first.
add_minute_row() {
  local name=minute_$1 ratio=- values
  values=$(column "$name" 256 4)
  if [ "$(wc -l <<<"$values")" = $slices ]; then
    ratio=$(divide "$(sum_of <(tail -n 2 <<<"$values"))" "$(sum_of <(head -n 2 <<<"$values"))" 2)
  fi
  add_row "Scrip, $minute s of claims $2, 256 connections: claims/s" "$(thousands "$(median_figure "$name" 256)")" \
    "$(each "$name" 256)" "$(latency "$name" 256)" "$(failures "$name" 256)" "$ratio" \
    "last third at least 0.9 times the first" "$(compare "$ratio" least 0.9)"
}

sum_of() { awk '{ sum += $1 } END { print sum }' "$1"; }

add_verify_row() {
  local started=$SECONDS drift=0
  build/scrip verify --data "$scratch/full" >"$scratch/verify.out" 2>&1 || drift=$(head -n 1 "$scratch/verify.out")
  add_row "Scrip, verify, after all of that, s" $((SECONDS - started)) - - "$drift" - "no drift" \
    "$([ "$drift" = 0 ] && echo met || echo "not met")"
}
