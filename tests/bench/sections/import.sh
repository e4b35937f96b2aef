# A file of a million codes through scrip import into a server, and out again.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read in measure.sh

import_rows=1000000

section_import() {
  local round file=$scratch/codes.csv
  # Codes in random order, as a partner's are.
  awk -v rows=$import_rows 'BEGIN {
    srand(1); print "code"
    for (i = 0; i < rows; ++i) printf "P%06X%05X-%07d\n", rand() * 16777216, rand() * 1048576, i
  }' >"$file"
  for ((round = 1; round <= rounds; ++round)); do
    turn scrip 1 measure_import
    add_sample import 1
    say_turn "import of $import_rows rows" "rows/s"
  done
  add_row "Scrip, scrip import of $(thousands $import_rows) rows into a server: rows/s" \
    "$(thousands "$(median_figure import 1)")" "$(each import 1)" - "$(failures import 1)" - "at least 50,000" \
    "$(compare "$(median_figure import 1)" least 50000)"
  add_row "Scrip, the peak of its memory before and after, MB" "${import_memory:--}"
  rm -f "$file"
}

measure_import() {
  local began ended before answer
  before=$(memory_of "$scrip")
  began=$(date +%s.%N)
  answer=$(build/scrip import "$scratch/codes.csv" --campaign bench --data "$scratch/scrip" --json) || {
    problem="scrip import failed"
    return 1
  }
  ended=$(date +%s.%N)
  figure=$(awk -v rows=$import_rows -v began="$began" -v ended="$ended" 'BEGIN { printf "%.0f", rows / (ended - began) }')
  case $answer in *"\"imported\":$import_rows,"*) failures=0 ;; *) note="imported fewer" ;; esac
  import_memory="$before, $(memory_of "$scrip")"
}
