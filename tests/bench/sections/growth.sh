# How a store grows up to $coupons coupons: at a thirtieth of them, a tenth, a third, and all.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read in measure.sh

section_growth() {
  local all=$coupons coupons=0 reached=0 part
  rm -rf "$scratch/full"
  for part in 30 10 3 1; do
    coupons=$((all / part))
    if ! fill_up "$reached" "$coupons"; then
      add_row "Scrip with $(thousands "$coupons") coupons" - - - "$(head -c 100 <<<"$problem")" - "-" "not measured"
      return
    fi
    add_row "Scrip, coupons $(thousands $((reached + 1))) to $(thousands "$coupons"), in batches over one connection: coupons/s" \
      "$(thousands "$(divide $((coupons - reached)) "$filled_in" 0)")"
    reached=$coupons
    measure_grown
  done
  rm -rf "$scratch/full"
}

# share_of TABLES: their bytes for each coupon.
share_of() {
  local bytes
  bytes=$(env "$(with_peers)" "$peers/usr/bin/sqlite3" "file:$scratch/full/scrip.db?immutable=1" \
    "select sum(pgsize) from dbstat where name in ($1)") || bytes=-
  divide "$bytes" "$held" 0
}

# Claims come last: they are coupons too, some hundred thousand.
measure_grown() {
  local many bytes started start_time kind what
  many=$(thousands "$coupons")
  bytes=$(stat -c %s "$scratch/full/scrip.db")
  add_row "Scrip with $many coupons: bytes of disk for each, its decision included" "$(divide "$bytes" "$held" 0)"
  add_row "Scrip with $many coupons: of these its row, its decision, its places in the indexes" \
    "$(share_of "'coupon'"), $(share_of "'decision_block', 'decision_block_campaign'"), $(share_of "select name from sqlite_schema where tbl_name like 'posting%'")"
  started=$EPOCHREALTIME
  if ! start_candidate scrip_full; then
    add_row "Scrip with $many coupons" - - - "$(head -c 100 <<<"$problem")" - "-" "not measured"
    return
  fi
  start_time=$(awk -v from="$started" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f", to - from }')
  add_row "Scrip with $many coupons: seconds until it answers" "$start_time"
  list_paths
  for kind in code user; do
    what="a coupon by its code"
    [ $kind = code ] || what="a user's coupons"
    take_read_turn "$kind" "$service_token"
    add_row "Scrip with $many coupons, $what: p99, ms" "$(rounded "${p99_ms:--}")" - \
      "$(rounded "${p50_ms:--}") / $(rounded "${p99_ms:--}")" "${failures:--}"
  done
  new_turn
  measure_claims scrip_full 256 "$seconds" || fail_turn
  add_sample "claims_$coupons" 256
  say_turn "claims with $many coupons" "claims/s"
  add_row "Scrip with $many coupons, 256 connections: claims/s" "$(thousands "${figure:--}")" - \
    "$(rounded "${p50_ms:--}") / $(rounded "${p99_ms:--}")" "${failures:--}"
  add_row "Scrip with $many coupons: its memory at most, MB" "$(memory_of "$scrip")"
  stop_candidate scrip_full
}
