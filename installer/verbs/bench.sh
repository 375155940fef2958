# Measurements, each as a table; docs/performance.md keeps results.

usage() {
  cat <<'TEXT'
usage: appliance bench [NAME…] [--list] [--json FILE]

Runs the named measurements, or all. --list names them; --json writes the figures of all into FILE.
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
