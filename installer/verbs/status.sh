# Health in words.

usage() {
  cat <<'TEXT'
usage: appliance status [--data DIR]

Says which processes run and whether the appliance is ready. Exit status 0: ready; 1: not.
TEXT
}

run() {
  local data=''
  while [[ $# -gt 0 ]]; do
    case $1 in
      --data) data=$(value_of --data "$@") || exit ;;
      *) wrong "status does not know '$1'; 'appliance status --help' lists its options." ;;
    esac
    shift 2
  done
  locate "$data"
  . "$HERE/lib/supervisor.sh"
  local id name PORT PUBLIC_HOST
  if ! living supervisor >/dev/null; then
    printf 'The appliance with the data folder %s is not running; start it with: appliance up\n' "$DATA"
    exit $EXIT_FAILED
  fi
  for name in "${PROCESSES[@]}"; do
    if id=$(living "$name"); then
      printf '%-12s runs as process %s for %s\n' "$name" "$id" "$(ps -o etime= -p "$id" | tr -d ' ')"
    else
      printf '%-12s does not run; it is about to be started again (%s)\n' "$name" "$DATA/logs/$name.log"
    fi
  done
  read -r PORT _ PUBLIC_HOST <"$RUN/ports"
  if is_ready; then
    printf 'Ready at https://%s:%s, data in %s\n' "$PUBLIC_HOST" "$PORT" "$DATA"
  else
    printf 'Not ready; logs are in %s\n' "$DATA/logs"
    exit $EXIT_FAILED
  fi
}
