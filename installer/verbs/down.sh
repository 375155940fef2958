# Stops the appliance of one data folder, also when its supervisor was killed.

usage() {
  cat <<'TEXT'
usage: appliance down [--data DIR]

Stops Dataplane, ControlApi and WebUi and waits until they have ended.
TEXT
}

run() {
  local data=''
  while [[ $# -gt 0 ]]; do
    case $1 in
      --data) data=$(value_of --data "$@") || exit ;;
      *) wrong "down does not know '$1'; 'appliance down --help' lists its options." ;;
    esac
    shift 2
  done
  locate "$data"
  . "$HERE/lib/supervisor.sh"
  if [[ ! -d $DATA ]]; then
    say "There is no data folder $DATA, so no appliance of it runs; --data DIR names another."
    return
  fi
  if [[ ! -O $DATA ]]; then
    fail "The data folder $DATA belongs to $(stat -c %U -- "$DATA"); stop the appliance as that user."
  fi

  local ids=() id name
  # The supervisor ends its children and itself; who is left after it was orphaned by a SIGKILL.
  if id=$(living supervisor); then
    STOP_SECONDS=$((STOP_SECONDS + 5)) end_processes "$id"
    ids+=("$id")
  fi
  for name in "${PROCESSES[@]}"; do
    if id=$(living "$name"); then
      end_processes "$id"
      ids+=("$id")
    fi
  done
  rm -rf -- "$RUN"
  if [[ ${#ids[@]} -eq 0 ]]; then
    say "No appliance with the data folder $DATA is running."
  else
    say "Stopped."
  fi
}
