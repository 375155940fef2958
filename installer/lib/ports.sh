# TCP ports of this machine: who holds one, and which are free.

# The listener on port $1 in words, or nothing.
holder_of() {
  local line users
  line=$(ss -Hltnp "sport = :$1" 2>/dev/null | head -n 1)
  [[ -n $line ]] || return 0
  users=$(sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1 (process \2)/p' <<<"$line")
  printf '%s' "${users:-a process of another user}"
}

refuse_busy_port() {
  local holder
  holder=$(holder_of "$1")
  [[ -z $holder ]] ||
    fail "Port $1 is in use by $holder; stop it, or choose another with --port N (the appliance takes N and N+1)."
}

# Two free neighbours below the range that the kernel gives to clients.
free_pair() {
  local try port taken
  taken=$(ss -Hltn | awk '{ n = split($4, part, ":"); print part[n] }')
  for ((try = 0; try < 1000; try++)); do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 6000 * 2))
    if ! grep -qxE "$port|$((port + 1))" <<<"$taken"; then
      printf '%s' "$port"
      return
    fi
  done
  fail "No two free ports were found between 20000 and 32000; choose some with --port N."
}
