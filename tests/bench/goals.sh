# Rows of the table, each with its goal and whether it is met: a line for each in $scratch/rows.
# shellcheck shell=bash
# shellcheck disable=SC2154 # the settings are in run

begin_section() { section=$1; }

# add_row WHAT FIGURE [EACH LATENCY FAILED RATIO GOAL VERDICT]
add_row() {
  local i row=$section
  for ((i = 1; i <= 8; ++i)); do
    row+=$'\t'${1--}
    shift || true
  done
  printf '%s\n' "$row" >>"$scratch/rows"
}

# compare VALUE least|most GOAL: "met", "not met", or "not measured".
compare() {
  awk -v value="${1:--}" -v how="$2" -v goal="$3" 'BEGIN {
    if (value == "-") print "not measured"
    else print (how == "least" ? value + 0 >= goal + 0 : value + 0 <= goal + 0) ? "met" : "not met"
  }'
}

# 12345.6 as 12,346
thousands() {
  awk -v value="${1:--}" 'BEGIN {
    if (value == "-") { print value; exit }
    text = sprintf("%.0f", value)
    while (match(text, /[0-9][0-9][0-9][0-9]($|,)/)) text = substr(text, 1, RSTART) "," substr(text, RSTART + 1)
    print text
  }'
}

# each NAME CONNECTIONS: the figure of every round
each() {
  local value text=
  while read -r value; do text+="${text:+ }$(thousands "$value")"; done < <(column "$1" "$2" 4)
  echo "${text:--}"
}

latency() { echo "$(rounded "$(column "$1" "$2" 5 | median)") / $(rounded "$(median_p99 "$1" "$2")")"; }
rounded() { divide "$1" 1 1; }

# failures NAME CONNECTIONS: of all rounds, and what else is to be said of them
failures() {
  local text
  text=$(
    {
      column "$1" "$2" 7 | grep -v '^0$'
      column "$1" "$2" 8
    } | sort -u | tr '\n' ';' | sed 's/;$//; s/;/; /g'
  )
  echo "${text:-0}"
}

# add_claims_row NAME CONNECTIONS [LEAST]: the medians of a candidate; LEAST is what Scrip's figure is to be of its.
add_claims_row() {
  local name=$1 connections=$2 least=${3-} figure ratio=- goal=- verdict=-
  figure=$(median_figure "$name" "$connections")
  if [ "$name" != scrip ]; then ratio=$(divide "$(median_figure scrip "$connections")" "$figure" 2); fi
  if [ -n "$least" ]; then
    goal="Scrip at least $least times it"
    verdict=$(compare "$ratio" least "$least")
  fi
  add_row "$(label_of "$name"), $connections connections: claims/s" "$(thousands "$figure")" "$(each "$name" "$connections")" \
    "$(latency "$name" "$connections")" "$(failures "$name" "$connections")" "$ratio" "$goal" "$verdict"
}

# Shown on the way; the whole table comes at the end.
end_section() { [ ${#sections[@]} = 1 ] || print_table "$1" >&2; }
