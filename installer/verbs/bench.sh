# Measurements, each as a table; docs/performance.md keeps results.

usage() {
  cat <<'TEXT'
usage: appliance bench [NAME…] [--list] [--json FILE]
       appliance bench --write-traffic SET FILE [--flows N] [--packets N] [--concurrency N] [--seed N]

Runs the named measurements, or all. --list names them; --json writes the figures of all into FILE.

--write-traffic writes a set of generated traffic as a capture FILE, what is in it as FILE.truth.json, and
its patterns as rules in FILE.rules. SET: T1 HTTP with SQL injections, T2 a mix of HTTP, TLS, SSH and DNS,
T3 bulk downloads, T4 short connections. Equal options give equal files.

  --flows N        connections
  --packets N      packets a connection, about
  --concurrency N  connections open at a time, about
  --seed N         another set of the same kind
TEXT
}

run() {
  local arguments=()
  while [[ $# -gt 0 ]]; do
    case $1 in
      --data)
        value_of --data "$@" >/dev/null || exit
        shift
        ;;
      *) arguments+=("$1") ;;
    esac
    shift
  done
  . "$HERE/lib/build.sh"
  need_build benchmarks
  dataplane_environment
  exec "$BUILT/benchmarks/Dataplane.Benchmarks" "${arguments[@]}"
}
