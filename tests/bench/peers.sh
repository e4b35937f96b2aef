# Debian's own packages of the peers, unpacked beside the build and not installed: some of them exclude
# what Scrip is built with (libluajit2-5.1-2 and libluajit-5.1-dev), and installed servers would run.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # the settings are in run; what is set here is read elsewhere

# With the libraries that neither the build's packages bring nor every Debian has.
peer_packages=(
  nginx libnginx-mod-http-lua libnginx-mod-http-ndk lua-nginx-redis lua-resty-core lua-resty-lrucache
  libluajit2-5.1-2 libpcre3 libpcre2-8-0
  redis-server redis-tools libjemalloc2 liblzf1 libatomic1
  tarantool libcurl4 libgomp1 libicu72 libreadline8 libunwind8 libyaml-0-2
  sqlite3
)
peers=$PWD/build/peers

# Downloads and unpacks what is not there yet. Without it the peers' rows say so, and Scrip is measured alone.
get_peers() {
  local wanted="${peer_packages[*]}"
  if [ "$(cat "$peers/unpacked" 2>/dev/null)" != "$wanted" ]; then
    say "unpacking the peers into build/peers"
    rm -rf "$peers"
    mkdir -p "$peers/packages"
    if ! download >"$peers/download.log" 2>&1 && ! { refresh_lists && download; } >>"$peers/download.log" 2>&1; then
      say "bench: the peers' packages could not be downloaded: $(tail -n 1 "$peers/download.log")"
      return 0
    fi
    local package
    for package in "$peers"/packages/*.deb; do dpkg -x "$package" "$peers"; done
    printf '%s' "$wanted" >"$peers/unpacked"
  fi
}

# Whether they are there; says so otherwise.
have_peers() {
  [ -f "$peers/unpacked" ] || { problem="its packages could not be downloaded"; return 1; }
}

# As the user that asks, since apt's own may not write where the build is.
download() { (cd "$peers/packages" && apt-get -qq -o APT::Sandbox::User=root download "${peer_packages[@]}"); }

refresh_lists() {
  if [ "$(id -u)" = 0 ]; then apt-get -qq update; else sudo apt-get -qq update; fi
}

# The environment of their programs, for `env`: the libraries that were unpacked with them.
with_peers() {
  local multiarch
  multiarch=$(gcc -print-multiarch)
  echo "LD_LIBRARY_PATH=$peers/usr/lib/$multiarch:$peers/lib/$multiarch"
}

# "nginx 1.22.1-9, …" of those that a reader may want to know.
peer_versions() {
  local name file text=
  for name in nginx libnginx-mod-http-lua redis-server tarantool; do
    for file in "$peers/packages/${name}_"*.deb; do
      [ -f "$file" ] && text+="${text:+, }$name $(dpkg-deb -f "$file" Version)"
    done
  done
  text+="${text:+, }wrk $(dpkg-query -W -f '${Version}' wrk 2>/dev/null)"
  text+=", libcpp-httplib-dev $(dpkg-query -W -f '${Version}' libcpp-httplib-dev 2>/dev/null)"
  echo "$text"
}
