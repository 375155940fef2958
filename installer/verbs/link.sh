# A fresh one-time sign-in link.

usage() {
  cat <<'TEXT'
usage: appliance link [--data DIR]

Prints a sign-in link on its last line; it works once, for 15 minutes.
TEXT
}

run() {
  local data='' link
  while [[ $# -gt 0 ]]; do
    case $1 in
      --data) data=$(value_of --data "$@") || exit ;;
      *) wrong "link does not know '$1'; 'appliance link --help' lists its options." ;;
    esac
    shift 2
  done
  locate "$data"
  . "$HERE/lib/packages.sh"
  . "$HERE/lib/build.sh"
  . "$HERE/lib/link.sh"
  need_packages run
  need_build control-api
  make_folders
  link=$(sign_in_link) || exit
  printf '%s\n' "$link"
}
