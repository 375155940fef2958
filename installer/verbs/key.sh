# REST keys.

usage() {
  cat <<'TEXT'
usage: appliance key create --name NAME --scope SCOPE[,SCOPE]… [--data DIR]

Prints a new REST key on its last line; it is shown this once. Scopes: read:* (all but packet bytes, users,
keys, sessions, audit), read:packets, write:alerts, write:config, admin (everything).
TEXT
}

run() {
  [[ ${1:-} == create ]] || wrong "key knows one word, create; 'appliance key --help' shows it."
  shift
  local data='' name='' scope='' more
  while [[ $# -gt 0 ]]; do
    case $1 in
      --name) name=$(value_of --name "$@") || exit ;;
      --scope)
        more=$(value_of --scope "$@") || exit
        scope+=${scope:+,}$more
        ;;
      --data) data=$(value_of --data "$@") || exit ;;
      *) wrong "key create does not know '$1'; 'appliance key --help' lists its options." ;;
    esac
    shift 2
  done
  [[ -n $name ]] || wrong "key create needs --name NAME: what the key is called in lists."
  [[ -n $scope ]] || wrong "key create needs --scope SCOPE, such as --scope 'read:*'."
  locate "$data"
  . "$HERE/lib/packages.sh"
  . "$HERE/lib/build.sh"
  . "$HERE/lib/link.sh"
  need_packages run
  need_build control-api
  make_folders
  control_admin key-create --data "$DATA" --name "$name" --scope "$scope"
}
