# One-time links and keys are rows that ControlApi writes itself, whether the appliance runs or not.

# Host and port of the running appliance, else the defaults.
public_origin() {
  local port host
  { read -r port _ host <"$RUN/ports"; } 2>/dev/null || { port=8443 && host=localhost; }
  printf '%s:%s' "$host" "$port"
}

control_admin() {
  common_environment
  "$BUILT/control-api/ControlApi" admin "$@"
}

sign_in_link() {
  local link
  link=$(control_admin link --data "$DATA" --origin "https://$(public_origin)" | tail -n 1)
  [[ $link == https://* ]] || fail "ControlApi made no sign-in link; the lines above say why."
  printf '%s' "$link"
}
