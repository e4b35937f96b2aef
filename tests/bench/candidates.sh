# What is measured over HTTP: Scrip and its peers. start_candidate NAME CONNECTIONS sets $target (the claims' URL)
# and $token, stored NAME prints how many claims it has kept ("-": it keeps none), stop_candidate NAME ends it.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read in measure.sh

label_of() {
  case "$1" in
    scrip) echo "Scrip" ;;
    scrip_full) echo "Scrip with $(thousands "$coupons") coupons" ;;
    redis_always) echo "nginx + Lua + Redis, appendfsync always" ;;
    redis_nothing) echo "nginx + Lua + Redis, nothing saved" ;;
    stock_httplib) echo "stock cpp-httplib, constant answer" ;;
    nginx_static) echo "nginx, constant answer" ;;
    engine) echo "Scrip, in process" ;;
    recorded) echo "with decisions" ;;
    unrecorded) echo "without decisions" ;;
    refused_counted) echo "a crowd refused, 100 a second recorded and the others counted" ;;
    refused_recorded) echo "a crowd refused, all recorded" ;;
    refused_unrecorded) echo "a crowd refused, nothing recorded" ;;
    pgbench) echo "pgbench, a claim a transaction" ;;
    nodes_1) echo "one Scrip node on PostgreSQL" ;;
    nodes_*) echo "${1#nodes_} Scrip nodes on PostgreSQL" ;;
    tarantool) echo "Tarantool, in process, wal fsync" ;;
  esac
}

start_claims() {
  start_scrip "$@" || return 1
  target=$url/api/v1/campaigns/bench/issue
  token=$service_token
}

# scrip is on an empty store, scrip_full on the one that sections/size.sh has filled.
start_candidate() {
  target='' token='' problem=''
  case "$1" in
    scrip) start_claims ;;
    scrip_full) start_claims "$scratch/full" ;;
    redis_always) start_redis redis-always ;;
    redis_nothing) start_redis redis-nothing ;;
    stock_httplib) start_stock_httplib "$2" ;;
    nginx_static) start_nginx none && target=${target%/claim}/static ;;
  esac
}

stop_candidate() {
  case "$1" in
    scrip*) stop_scrip ;;
    redis_*) stop "$nginx" && stop "$redis" ;;
    stock_httplib) stop "$stock_httplib" ;;
    nginx_static) stop "$nginx" ;;
  esac
}

stored() {
  case "$1" in
    scrip*) issued ;;
    redis_*) redis_cli hlen users ;;
    *) echo - ;;
  esac
}

redis_cli() { env "$(with_peers)" "$peers/usr/bin/redis-cli" -s "$scratch/redis.sock" "$@"; }
redis_answers() { [ "$(redis_cli ping)" = PONG ]; }

start_redis() {
  local sha
  have_peers || return 1
  rm -rf "$scratch/redis"
  mkdir "$scratch/redis"
  start redis env "$(with_peers)" "$peers/usr/bin/redis-server" "$bench/peers/$1.conf" --dir "$scratch/redis" \
    --unixsocket "$scratch/redis.sock"
  redis=$child
  wait_for "$redis" redis 30 redis_answers || return 1
  redis_cli set stock 1000000000 >/dev/null
  sha=$(redis_cli script load "$(cat "$bench/peers/claim_redis.lua")") || return 1
  start_nginx "$sha" && return 0
  stop "$redis"
  return 1
}

start_nginx() {
  local on=$scratch/nginx.conf http
  have_peers || return 1
  http=$(free_port)
  sed -e "s|@USER@|$(id -un) $(id -gn)|" -e "s|@SCRATCH@|$scratch|" -e "s|@PORT@|$http|" -e "s|@SHA@|$1|" \
    -e "s|@MODULES@|$peers/usr/lib/nginx/modules|" -e "s|@LUA@|$peers/usr/share/lua/5.1|" -e "s|@BENCH@|$PWD/$bench|" \
    "$bench/peers/nginx.conf.in" >"$on"
  start nginx env "$(with_peers)" "$peers/usr/sbin/nginx" -p "$scratch" -e stderr -c "$on"
  nginx=$child
  target=http://127.0.0.1:$http/claim
  wait_for "$nginx" nginx 30 port_is_taken "$http"
}

start_stock_httplib() {
  start stock_httplib "$programs/bench_stock_httplib" "$(($1 + 8))"
  stock_httplib=$child
  wait_for "$stock_httplib" stock_httplib 30 prints_url stock_httplib || return 1
  target=$(url_of stock_httplib)/claim
}
