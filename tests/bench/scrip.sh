# Scrip, as it is measured: a server of its own, a campaign "bench", a service's token.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read in the sections

# start_scrip [DIR]: on an empty store, or on what is in DIR. Sets $url, $port, $scrip (the process)
# and the tokens. The policies are those that Scrip comes with, and scripts/bench.lua.
start_scrip() {
  local data=${1:-$scratch/scrip}
  [ $# -gt 0 ] || rm -rf "$data"
  mkdir -p "$data" "$scratch/scripts"
  cp scripts/*.lua "$bench/scripts/bench.lua" "$scratch/scripts/"
  start scrip build/scrip serve --data "$data" --listen 127.0.0.1:0 --scripts "$scratch/scripts" --plugins plugins \
    --log-level warn
  scrip=$child
  wait_for "$scrip" scrip 120 prints_url scrip || return 1
  url=$(url_of scrip)
  port=${url##*:}
  service_token=$(build/scrip token --data "$data" --sub bench --role service) || return 1
  operator_token=$(build/scrip token --data "$data" --sub bench --role operator) || return 1
  ! api GET /api/v1/campaigns/bench | grep -q campaign_not_found ||
    api POST /api/v1/campaigns '{"id":"bench","policy":"bench","total":1000000000}' >"$scratch/campaign.out"
  issued >/dev/null || {
    problem="no campaign: $(cat "$scratch/campaign.out")"
    return 1
  }
}

stop_scrip() { stop "$scrip"; }

# api METHOD PATH [BODY]: as the operator; prints the answer.
api() {
  curl -sS --max-time 60 -X "$1" "$url$2" ${3:+--data "$3"} \
    -H "Authorization: Bearer $operator_token" -H 'Content-Type: application/json'
}

# How many coupons the campaign has issued; fails when it does not answer.
issued() { api GET /api/v1/campaigns/bench | sed -n 's/.*"issued":\([0-9]*\).*/\1/p' | grep .; }

# How many claims were refused because their user had a coupon, by the server's own count.
already_issued() {
  curl -sS --max-time 60 "$url/metrics" |
    awk '/^scrip_claims_total\{.*outcome="already_issued"/ { sum += $NF } END { printf "%d\n", sum }'
}

# The peak of its memory in MB, and its threads at this moment.
memory_of() { awk '/^VmHWM:/ { printf "%d\n", ($2 + 1023) / 1024 }' "/proc/$1/status" 2>/dev/null; }
threads_of() { awk '/^Threads:/ { print $2 }' "/proc/$1/status" 2>/dev/null; }
