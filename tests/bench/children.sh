# The scratch directory and the processes of a run. Whatever way the run ends, both are gone then.
# shellcheck shell=bash
# shellcheck disable=SC2154 # the settings are in run

say() { printf '%s\n' "$*" >&2; }

children=()
problem=  # why the last thing that failed did
scratch=

# Beside the build, so that it is on the disk that is to be measured, and not on one in memory.
make_scratch() {
  mkdir -p build/bench
  scratch=$(mktemp -d "$PWD/build/bench/run-XXXXXX")
  touch "$scratch/rows" "$scratch/samples"
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  # A server of 5,000 connections has a descriptor for each.
  ulimit -n "$(ulimit -Hn)"
}

clean_up() {
  trap '' INT TERM HUP
  local child
  for child in "${children[@]}"; do kill -TERM "$child" 2>/dev/null || true; done
  for child in "${children[@]}"; do stop "$child"; done
  # The path that nothing but a run makes.
  case "$scratch" in */build/bench/run-*) rm -rf "$scratch" ;; esac
}

# start NAME COMMAND...: in the background; sets $child. Its output is in $scratch/NAME.out and .log.
start() {
  local name=$1
  shift
  rm -f "$scratch/$name.out"  # or what its namesake printed would be read once more
  "$@" >"$scratch/$name.out" 2>"$scratch/$name.log" </dev/null &
  child=$!
  children+=("$child")
}

is_alive() { kill -0 "$1" 2>/dev/null; }

# finish PID: waits for a child that ends by itself, so that a signal is handled meanwhile. Its status.
finish() {
  local status=0
  wait "$1" || status=$?
  forget "$1"
  return "$status"
}

# stop PID: asks it to end, waits for it, and insists after a minute.
stop() {
  local pid=$1 tenths=0
  kill -TERM "$pid" 2>/dev/null || true
  while is_alive "$pid" && [ $((tenths += 1)) -lt 600 ]; do sleep 0.1; done
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  forget "$pid"
}

forget() {
  local each kept=()
  for each in "${children[@]}"; do [ "$each" = "$1" ] || kept+=("$each"); done
  children=("${kept[@]}")
}

# wait_for PID NAME SECONDS TEST...: until the test holds. Fails when the child ends first, or never gets there.
wait_for() {
  local pid=$1 name=$2 end=$((SECONDS + $3))
  shift 3
  until "$@" 2>/dev/null; do
    if ! is_alive "$pid" || [ $SECONDS -ge $end ]; then
      problem="$name did not start: $(tail -n 1 "$scratch/$name.log")"
      say "$problem"
      return 1
    fi
    sleep 0.05
  done
}

# The URL that a server of ours prints when it is ready.
url_of() { sed -n 's/^listening on //p' "$scratch/$1.out"; }
prints_url() { [ -n "$(url_of "$1")" ]; }

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the ports that the system itself gives to connections.
free_port() {
  local port
  while
    port=$((20000 + RANDOM % 10000))
    port_is_taken "$port"
  do :; done
  echo "$port"
}
