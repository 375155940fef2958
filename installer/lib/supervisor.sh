# Keeps the three processes running. One loop waits for whatever ends next: a process, or a timer.
#
# Every child is a session of its own (so Ctrl-C reaches only this shell) and gets SIGTERM from the kernel
# when this shell dies, however it dies.

PROCESSES=(dataplane control-api web-ui)
BACKOFF_SECONDS=(0.2 1 2 5)
STEADY_SECONDS=60
READY_SECONDS=${APPLIANCE_READY_SECONDS:-90}
STOP_SECONDS=10
LOG_BYTES_MAX=$((16 * 1024 * 1024))

declare -A child_name=() child_of=() failures=() started_at=() timer_for=()
stopping=0

command_of() {
  case $1 in
    dataplane) command=("$DATAPLANE/Dataplane" run --data "$DATA" --run "$RUN") ;;
    control-api)
      command=("$CONTROL_API/ControlApi" --data "$DATA" --run "$RUN" --port "$API_PORT"
        --demo "$HERE/defaults/demo.json" --public-origin "https://$PUBLIC_HOST:$PORT")
      if [[ $PUBLIC_HOST == localhost ]]; then
        command+=(--public-origin "https://127.0.0.1:$PORT" --public-origin "https://[::1]:$PORT")
      fi
      [[ -z $CONFIG ]] || command+=(--config "$CONFIG")
      ;;
    web-ui)
      command=("$WEB_UI/WebUi" --data "$DATA" --run "$RUN" --port "$PORT" --api "http://127.0.0.1:$API_PORT")
      [[ -z $LISTEN ]] || command+=(--listen "$LISTEN")
      ;;
  esac
}

# Runs a command in the background that ends with this shell; its id is in $!.
tied() { setsid setpriv --pdeathsig TERM -- "$@" 9>&- & }

launch() {
  local name=$1 command log=$DATA/logs/$1.log
  command_of "$name"
  if [[ -f $log && $(stat -c %s -- "$log") -gt $LOG_BYTES_MAX ]]; then
    mv -f -- "$log" "$log.1"
  fi
  (
    common_environment
    [[ $name != dataplane ]] || dataplane_environment
    cd -- "${command[0]%/*}" && exec setsid setpriv --pdeathsig TERM -- "${command[@]}"
  ) >>"$log" 2>&1 9>&- </dev/null &
  child_name[$!]=$name
  child_of[$name]=$!
  started_at[$name]=$SECONDS
  identity_of $! >"$RUN/$name.pid"
}

set_timer() {
  tied sleep "$1"
  timer_for[$!]=$2
}

after_end_of() {
  local name=$1 status=$2 index delay reason="with status $2"
  if ((SECONDS - started_at[$name] >= STEADY_SECONDS)); then
    failures[$name]=0
  fi
  index=${failures[$name]:-0}
  failures[$name]=$((index + 1))
  ((index < ${#BACKOFF_SECONDS[@]})) || index=$((${#BACKOFF_SECONDS[@]} - 1))
  delay=${BACKOFF_SECONDS[$index]}
  ((status <= 128)) || reason="by signal $(kill -l $((status - 128)))"
  rm -f -- "$RUN/$name.pid"
  # Its next start reads whether it died by its own fault.
  printf '%s\n' "$status" >"$DATA/$name.exit"
  say "$(date -u +%H:%M:%S) $name ended $reason; it starts again in $delay s (its words: $DATA/logs/$name.log)."
  set_timer "$delay" "launch $name"
}

# All three answer: the public port leads to ControlApi, which is ready only with a configured dataplane.
is_ready() { curl -fsk --max-time 2 -o /dev/null "https://$PUBLIC_HOST:$PORT/healthz/ready" 2>/dev/null; }

probe() {
  if is_ready; then
    announce
  elif ((SECONDS - began >= READY_SECONDS)); then
    say "The appliance is not ready after $READY_SECONDS s; the last words of each process:"
    local name
    for name in "${PROCESSES[@]}"; do
      say "--- $name ($DATA/logs/$name.log)"
      tail -n 5 -- "$DATA/logs/$name.log" >&2
    done
    stop_all
    exit $EXIT_FAILED
  else
    set_timer 0.2 probe
  fi
}

announce() {
  . "$HERE/lib/link.sh"
  local link
  link=$(sign_in_link) || { stop_all && exit $EXIT_FAILED; }
  say "Ready: https://$PUBLIC_HOST:$PORT, REST at https://$PUBLIC_HOST:$PORT/api/v1, data in $DATA"
  printf 'Open %s (once, 15 minutes)\n' "$link"
}

supervise() {
  local name id status began=$SECONDS
  mkdir -p -- "$DATA/logs"
  printf '%s %s %s\n' "$PORT" "$API_PORT" "$PUBLIC_HOST" >"$RUN/ports"
  identity_of $$ >"$RUN/supervisor.pid"
  trap 'stopping=1' INT TERM HUP
  for name in "${PROCESSES[@]}"; do
    launch "$name"
  done
  set_timer 0.2 probe

  while ((!stopping)); do
    id=''
    # Bash tells of jobs that ended by a signal on stderr; we say it in our own words.
    wait -n -p id 2>/dev/null
    status=$?
    [[ -z ${id:-} ]] || ended "$id" "$status"
    find_ended
  done
  say "Stopping."
  stop_all
}

# A process or a timer has ended.
ended() {
  local id=$1 status=$2 action name
  if [[ -n ${timer_for[$id]:-} ]]; then
    action=${timer_for[$id]}
    unset "timer_for[$id]"
    ((stopping)) || $action
  elif [[ -n ${child_name[$id]:-} ]]; then
    name=${child_name[$id]}
    unset "child_name[$id]" "child_of[$name]"
    ((stopping)) || after_end_of "$name" "$status"
  fi
}

# Of several that end in the same moment wait -n tells of one; the others are found here.
find_ended() {
  local id
  for id in "${!child_name[@]}" "${!timer_for[@]}"; do
    kill -0 "$id" 2>/dev/null && continue
    wait "$id" 2>/dev/null
    ended "$id" $?
  done
}

stop_all() {
  trap '' INT TERM HUP
  local ids=("${!child_name[@]}") timers=("${!timer_for[@]}")
  [[ ${#timers[@]} -eq 0 ]] || kill -- "${timers[@]}" 2>/dev/null
  [[ ${#ids[@]} -eq 0 ]] || end_processes "${ids[@]}"
  wait 2>/dev/null
  rm -rf -- "$RUN"
}

# TERM, then KILL after STOP_SECONDS, until none of the ids lives.
end_processes() {
  local deadline=$((SECONDS + STOP_SECONDS)) id left
  kill -TERM -- "$@" 2>/dev/null
  while :; do
    left=()
    for id in "$@"; do
      identity_of "$id" >/dev/null && left+=("$id")
    done
    [[ ${#left[@]} -gt 0 ]] || return 0
    if ((SECONDS >= deadline)); then
      kill -KILL -- "${left[@]}" 2>/dev/null
    fi
    sleep 0.05
  done
}
