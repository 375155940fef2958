# Debian packages: packages/GROUP lists one a line; "NAME unless COMMAND" is content with the command.

# need_packages GROUP…: installs what is missing and says so. A stamp makes the second time free.
need_packages() {
  local group stamp missing=()
  for group in "$@"; do
    stamp=$ROOT/artifacts/appliance/packages-$group.stamp
    if [[ $stamp -nt $HERE/packages/$group && $stamp -nt /var/lib/dpkg/status ]]; then
      continue
    fi
    mapfile -t -O "${#missing[@]}" missing < <(missing_packages "$group")
  done
  if [[ ${#missing[@]} -gt 0 ]]; then
    install_packages "${missing[@]}"
  fi
  for group in "$@"; do
    stamp=$ROOT/artifacts/appliance/packages-$group.stamp
    { mkdir -p "${stamp%/*}" && : >"$stamp"; } 2>/dev/null || true
  done
}

missing_packages() {
  local name word command installed
  installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^.i. *//p')
  while read -r name word command; do
    [[ -n $name && $name != \#* ]] || continue
    if [[ $word == unless ]] && type -P "$command" >/dev/null; then
      continue
    fi
    grep -qx -- "$name" <<<"$installed" || printf '%s\n' "$name"
  done <"$HERE/packages/$1"
}

install_packages() {
  local as_root=()
  if [[ $(id -u) -ne 0 ]]; then
    type -P sudo >/dev/null ||
      fail "These packages are missing: $*; install them as root with: apt-get install --no-install-recommends $*"
    as_root=(sudo)
  fi
  say "Installing Debian packages: $*"
  local log
  log=$(mktemp)
  local environment=(env DEBIAN_FRONTEND=noninteractive)
  if ! "${as_root[@]}" "${environment[@]}" apt-get -qq -o DPkg::Lock::Timeout=300 update >"$log" 2>&1 ||
    ! "${as_root[@]}" "${environment[@]}" apt-get -qq -y -o DPkg::Lock::Timeout=300 \
      install --no-install-recommends "$@" >>"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "Debian's packages could not be installed; the lines above say why (all of them: $log)."
  fi
  rm -f -- "$log"
}
