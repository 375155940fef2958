# The main job: build if needed, start, wait until healthy, print the way in, keep everything running.

usage() {
  cat <<'TEXT'
usage: appliance up [--detach] [--port N] [--listen ADDR] [--config FILE] [--data DIR]

Builds if needed, starts Dataplane, ControlApi and WebUi, and prints a one-time sign-in link when all
three are healthy. Without configuration it plays the built-in demo: no network card, no account, no root.
Ctrl-C or 'appliance down' stops all three; a process that dies is started again.

  --detach       return when all three are ready, and go on in the background
  --port N       HTTPS on port N, ControlApi on 127.0.0.1:N+1 (8443); 0 takes two free ports
  --listen ADDR  address of the public port (127.0.0.1 and ::1)
  --config FILE  a configuration document; it becomes a new revision if it differs from the active one
  --data DIR     the data folder ($APPLIANCE_DATA, else .appliance in the checkout)
TEXT
}

run() {
  local detach='' data='' PORT=8443 LISTEN='' CONFIG='' arguments=("$@")
  while [[ $# -gt 0 ]]; do
    case $1 in
      --detach) detach=yes && shift && continue ;;
      --port) PORT=$(value_of --port "$@") || exit ;;
      --listen) LISTEN=$(value_of --listen "$@") || exit ;;
      --config) CONFIG=$(value_of --config "$@") || exit ;;
      --data) data=$(value_of --data "$@") || exit ;;
      *) wrong "up does not know '$1'; 'appliance up --help' lists its options." ;;
    esac
    shift 2
  done
  [[ $PORT =~ ^[0-9]{1,5}$ ]] && ((PORT == 0 || (PORT >= 1 && PORT <= 65534))) ||
    wrong "--port needs a number from 0 to 65534, not '$PORT'."
  if [[ -n $CONFIG ]]; then
    [[ -r $CONFIG && -f $CONFIG ]] || fail "The configuration $CONFIG cannot be read; check the path of --config."
    CONFIG=$(realpath -- "$CONFIG")
  fi
  locate "$data"

  . "$HERE/lib/packages.sh"
  . "$HERE/lib/build.sh"
  need_packages run
  need_build dataplane control-api web-ui
  make_folders
  if [[ -n $detach ]]; then
    up_detached
  else
    up_here
  fi
}

up_here() {
  . "$HERE/lib/ports.sh"
  . "$HERE/lib/supervisor.sh"
  lock_data
  if ((PORT == 0)); then
    PORT=$(free_pair) || exit
    say "Ports: $PORT (HTTPS) and $((PORT + 1)) (ControlApi)"
  fi
  API_PORT=$((PORT + 1))
  case $LISTEN in
    '' | 0.0.0.0 | :: | '[::]' | '*') PUBLIC_HOST=localhost ;;
    *:*) PUBLIC_HOST=[${LISTEN//[\[\]]/}] ;;
    *) PUBLIC_HOST=$LISTEN ;;
  esac
  refuse_busy_port "$PORT"
  refuse_busy_port "$API_PORT"
  DATAPLANE=$(realpath -- "$BUILT/dataplane")
  CONTROL_API=$(realpath -- "$BUILT/control-api")
  WEB_UI=$(realpath -- "$BUILT/web-ui")
  supervise
}

# The lock is held by this shell alone and goes with it, whatever ends it.
lock_data() {
  exec 9>>"$DATA/up.lock"
  if ! flock -n 9; then
    local holder
    holder=$(cat -- "$DATA/up.lock")
    fail "The appliance with the data folder $DATA is running already (process ${holder:-unknown});" \
      "stop it with 'appliance down --data $DATA', or give another folder with --data and another --port."
  fi
  printf '%s\n' $$ >"$DATA/up.lock"
}

up_detached() {
  local log=$DATA/logs/up.log out id
  mkdir -p -- "$DATA/logs"
  out=$(mktemp "$RUN/up.XXXXXX")
  local attached=() argument
  for argument in "${arguments[@]}"; do
    [[ $argument == --detach ]] || attached+=("$argument")
  done
  setsid "$HERE/appliance" up "${attached[@]}" >"$out" 2>"$log" </dev/null &
  id=$!
  trap 'kill -TERM "$id" 2>/dev/null; wait "$id"; rm -f -- "$out"; exit 130' INT TERM
  while ! grep -q '^Open ' "$out"; do
    if ! kill -0 "$id" 2>/dev/null; then
      wait "$id"
      cat -- "$log" >&2
      rm -f -- "$out"
      exit $EXIT_FAILED
    fi
    sleep 0.05
  done
  cat -- "$log" >&2
  cat -- "$out"
  rm -f -- "$out"
}
