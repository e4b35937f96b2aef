# The table, on stdout and in RESULTS.md, and the machine that its figures are of.
# shellcheck shell=bash
# shellcheck disable=SC2154 # the settings are in run

table_head=$'section\twhat\tmedian\teach round\tp50 / p99, ms\tfailed\tratio\tgoal\tverdict'

# print_table [SECTION]: of its rows, or of all; Markdown, in columns.
# shellcheck disable=SC2120 # goals.sh names one
print_table() {
  { echo "$table_head" && awk -F '\t' -v section="${1-}" 'section == "" || $1 == section' "$scratch/rows"; } | columns
}

# Markdown of lines of fields with tabs between, the first being the head. Characters, and not bytes, count.
columns() {
  awk -F '\t' '
    function width(text) { gsub(/[\200-\277]/, "", text); return length(text) }
    {
      for (i = 1; i <= NF; ++i) { cell[NR, i] = $i; if (width($i) > widest[i]) widest[i] = width($i) }
      fields = NF
    }
    END {
      for (row = 1; row <= NR; ++row) {
        line = rule = "|"
        for (i = 1; i <= fields; ++i) {
          line = line " " cell[row, i] sprintf("%" widest[i] - width(cell[row, i]) + 1 "s|", "")
          dashes = sprintf("%" widest[i] + 2 "s", "")
          gsub(/ /, "-", dashes)
          rule = rule dashes "|"
        }
        print line
        if (row == 1) print rule
      }
    }'
}

# Nothing here changes from run to run on one machine.
describe_machine() {
  local cpu memory system kind virtual=
  cpu=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)
  memory=$(awk '/^MemTotal:/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo)
  system=$(. /etc/os-release && echo "$PRETTY_NAME")
  kind=$(df --output=fstype . | tail -n 1)
  grep -q '^flags.*hypervisor' /proc/cpuinfo && virtual=', a virtual machine'
  echo "$(nproc) cores of $cpu$virtual, $memory GiB, $kind, $system, Linux $(uname -r | cut -d. -f1-2)." \
    "The load comes from wrk with one thread, on the same cores."
}

# Microseconds of a write of 4 KiB that is on the disk when it returns.
sync_time() {
  local writes=500 taken
  taken=$({ LC_ALL=C dd if=/dev/zero of="$scratch/sync" bs=4k count=$writes oflag=dsync; } 2>&1 |
    sed -n 's/.* copied, \([0-9.e-]*\) s.*/\1/p')
  rm -f "$scratch/sync"
  awk -v taken="$taken" -v writes=$writes 'BEGIN { printf "%.0f us\n", taken / writes * 1e6 }'
}

revision() {
  local changed=
  [ -z "$(git status --porcelain -- CMakeLists.txt host db plugins 2>/dev/null)" ] || changed=' and changes'
  echo "$(git rev-parse --short HEAD 2>/dev/null || echo -)$changed"
}

# write_results FILE: this run's rows, and those that the file has of sections that were not measured now, if
# they are of this machine. Never by hand: who wants other figures runs the command.
write_results() {
  local file=$1 machine now synced each
  machine=$(describe_machine)
  now=$(date -u +'%Y-%m-%d %H:%M UTC')
  synced=$(sync_time)
  cp "$scratch/rows" "$scratch/all-rows"
  for each in "${sections[@]}"; do
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$each" "$now" "$(revision)" "$rounds" "$seconds" "$(thousands "$coupons")" \
      "$synced"
  done | sort -u >"$scratch/all-runs"
  if grep -qxF "$machine" "$file" 2>/dev/null; then
    kept_rows "$file" Figures >>"$scratch/all-rows"
    kept_rows "$file" Runs >>"$scratch/all-runs"
  fi
  {
    cat <<TEXT
# Results

Written by \`./dev bench\`; what the figures mean is in README.md.

$machine

$(peer_versions)

## Figures

TEXT
    { echo "$table_head" && in_order "$scratch/all-rows"; } | columns
    printf '\n## Runs\n\n'
    { printf 'section\twhen\trevision\trounds\tseconds\tcoupons\tsync of 4 KiB\n' && in_order "$scratch/all-runs"; } | columns
  } >"$scratch/results.md"
  mv "$scratch/results.md" "$file"
  say "written to $file"
}

# kept_rows FILE HEADING: with tabs between the fields.
kept_rows() {
  awk -v heading="## $2" -v now=" ${sections[*]} " '
    /^## / { here = $0 == heading; rows = 0 }
    here && /^\|/ && ++rows > 2 && !index(now, " " $2 " ") {
      gsub(/^\| | *\|$/, "")
      gsub(/ +\| /, "\t")
      print
    }' "$1"
}

in_order() {
  local each
  for each in "${all_sections[@]}"; do awk -F '\t' -v section="$each" '$1 == section' "$1"; done
}

# Of this run alone. Fails when something was not measured.
print_summary() {
  local met missed unmeasured failed_turns
  print_table ""
  met=$(verdicts met) missed=$(verdicts "not met") unmeasured=$(verdicts "not measured")
  printf '\nGoals met: %s, not met: %s, not measured: %s\n' "$met" "$missed" "$unmeasured"
  failed_turns=$(awk -F '\t' '$8 ~ /^not measured/' "$scratch/samples" | wc -l)
  [ "$failed_turns" = 0 ] || printf "Turns that failed: %s\n" "$failed_turns"
  [ "$unmeasured" = 0 ] && [ "$failed_turns" = 0 ]
}

verdicts() { awk -F '\t' -v verdict="$1" '$9 == verdict' "$scratch/rows" | wc -l; }
