# Ten billion codes, and ten billion more: made, paged through, guessed at.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read in measure.sh

ten_billion=10000000000

section_billions() {
  local before after rows serial=0 depth
  rm -rf "$scratch/billions"
  # What the file has without them is what a stop leaves of it.
  start_scrip "$scratch/billions" && stop_scrip
  if ! start_scrip "$scratch/billions"; then
    add_row "Scrip, ten billion codes" - - - "$(head -c 100 <<<"$problem")" - "-" "not measured"
    return
  fi
  before=$(data_bytes)
  timed_row "a campaign of ten billion codes is made" 201 POST /api/v1/campaigns \
    '{"id":"billions","policy":"bench","total":10000000000}'
  timed_row "ten billion more" 201 POST /api/v1/campaigns/billions/coupons '{"count":10000000000}'
  for depth in 1 1000000000 $((2 * ten_billion - 100)); do
    timed_row "100 available codes from number $(thousands "$depth") on" 200 GET \
      "/api/v1/campaigns/billions/coupons?state=available&limit=100&cursor=$((depth - 1))"
  done
  timed_row "a claim" 201 POST /api/v1/campaigns/billions/issue '{"user_id":"minji"}'
  timed_row "a code that is guessed is refused" 404 GET /api/v1/coupons/7K2M-9QXD-41TZ-W8RB
  stop_scrip
  after=$(data_bytes)
  rows=$(env "$(with_peers)" "$peers/usr/bin/sqlite3" "file:$scratch/billions/scrip.db?immutable=1" \
    "select count(*) from code_batch where campaign = (select number from campaign where id = 'billions')") || rows=-
  add_row "Scrip, rows of code_batch for the twenty billion" "$rows" - - - - "at most 2" "$(compare "$rows" most 2)"
  add_row "Scrip, what the database file grew by with all of that: bytes" "$(thousands $((after - before)))"
  rm -rf "$scratch/billions"
}

data_bytes() { stat -c %s "$scratch/billions/scrip.db"; }

# timed_row WHAT STATUS METHOD PATH [BODY]: a call, in milliseconds.
timed_row() {
  local answer ms=- failed=-
  answer=$(curl -sS --max-time 60 -o "$scratch/answer" -w '%{http_code} %{time_total}' -X "$3" "$url$4" ${5:+--data "$5"} \
    -H "Authorization: Bearer $operator_token" -H 'Content-Type: application/json') || answer='- -'
  if [ "${answer% *}" = "$2" ]; then
    ms=$(awk -v seconds="${answer#* }" 'BEGIN { printf "%.1f", 1000 * seconds }')
    failed=0
  else
    failed="it answered ${answer% *}"
  fi
  add_row "Scrip, $1: ms" "$ms" - - "$failed" - "at most 100" "$(compare "$ms" most 100)"
  say "  $1: $ms ms"
}
