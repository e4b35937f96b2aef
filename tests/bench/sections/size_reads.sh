# Lists and look-ups of the store that size.sh has filled.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read in measure.sh

readers=16

measure_reads() {
  local started=$SECONDS round each
  if ! start_candidate scrip_full; then
    add_row "Scrip, lists and look-ups: p99, ms" - - - "$(head -c 100 <<<"$problem")" - "under 20" "not measured"
    return
  fi
  say "  started with $(thousands "$coupons") coupons in $((SECONDS - started)) s"
  list_paths
  for ((round = 1; round <= rounds; ++round)); do
    for each in code user; do take_read_turn "$each" "$service_token"; done
    for each in campaign redeemed expired; do take_read_turn "$each" "$operator_token"; done
  done
  stop_candidate scrip_full
  add_read_row code "a coupon by its code"
  add_read_row user "a user's coupons"
  add_read_row campaign "a campaign's coupons, 100 a page"
  add_read_row redeemed "a campaign's redeemed coupons, of which there is none"
  add_read_row expired "those that expired today, of which there is none"
}

# The paths to ask for, a file for each kind: users are drawn, codes are theirs, pages are the first hundred.
list_paths() {
  local page cursor=
  awk -v coupons="$coupons" -v seed="$(seed)" "$user_of_nth"'
    BEGIN { srand(seed); for (i = 0; i < 2000; ++i) print "/api/v1/coupons?user_id=" user(int(rand() * coupons) + 1) }' \
    >"$scratch/paths-user"
  sed "s|.*|url = \"$url&\"|" "$scratch/paths-user" >"$scratch/curl.conf"
  curl -sS -K "$scratch/curl.conf" -H "Authorization: Bearer $service_token" |
    grep -o '"code":"[^"]*"' | sed 's|"code":"\(.*\)"|/api/v1/coupons/\1|' >"$scratch/paths-code"
  : >"$scratch/paths-campaign"
  for ((page = 0; page < 100; ++page)); do
    printf '/api/v1/campaigns/bench/coupons?limit=100%s\n' "${cursor:+&cursor=$cursor}" >>"$scratch/paths-campaign"
    cursor=$(api GET "$(tail -n 1 "$scratch/paths-campaign")" | sed -n 's/.*"next_cursor":"\([^"]*\)".*/\1/p')
    [ -n "$cursor" ] || break
  done
  echo '/api/v1/campaigns/bench/coupons?limit=100&state=redeemed' >"$scratch/paths-redeemed"
  echo '/api/v1/coupons/expired?limit=100' >"$scratch/paths-expired"
}

take_read_turn() {
  local kind=$1 token=$2
  new_turn
  if [ ! -s "$scratch/paths-$kind" ]; then
    problem="there is nothing to ask for"
    fail_turn
  elif run_wrk "$readers" "$seconds" get "$url" "$(seed)" "$token" "$scratch/paths-$kind"; then
    figure=$(divide "$requests" "$taken" 0)
    failures=$(count_failures reads)
    # None came back in time: there is no time to show.
    [ "$requests" -gt 0 ] || p50_ms='' p99_ms=''
  else
    fail_turn
  fi
  add_sample "read_$kind" "$readers"
  say_turn "reads, $kind" "requests/s"
}

add_read_row() {
  local name=read_$1 what=$2 p99
  p99=$(rounded "$(median_p99 "$name" "$readers")")
  add_row "Scrip, $what, $readers connections, $(thousands "$(median_figure "$name" "$readers")") requests/s: p99, ms" "$p99" \
    "$(column "$name" "$readers" 6 | paste -sd ' ')" "$(latency "$name" "$readers")" "$(failures "$name" "$readers")" - \
    "under 20" "$(compare "$p99" most 19.9)"
}
