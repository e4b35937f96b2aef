# Durable claims over HTTP, with a service's token and random users, beside the peers.
# shellcheck shell=bash
# shellcheck disable=SC2154 # the settings are in run

section_http() {
  local round connections name p99
  for ((round = 1; round <= rounds; ++round)); do
    for connections in 64 256; do
      for name in scrip redis_always redis_nothing stock_httplib nginx_static; do take_turn "$name" "$connections"; done
    done
  done
  for connections in 64 256; do
    add_claims_row scrip "$connections"
    add_claims_row redis_always "$connections" 1.5
    add_claims_row redis_nothing "$connections" 1.0
    add_claims_row stock_httplib "$connections" 0.9
    add_claims_row nginx_static "$connections"
  done
  p99=$(rounded "$(median_p99 scrip 256)")
  add_row "Scrip, 256 connections: p99, ms" "$p99" "$(column scrip 256 6 | paste -sd ' ')" - - - "at most 50" \
    "$(compare "$p99" most 50)"
}
