# Words to the person at the terminal, exit codes, and where things lie.

EXIT_FAILED=1
EXIT_USAGE=2

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$*"
  exit $EXIT_FAILED
}

wrong() {
  say "$*"
  exit $EXIT_USAGE
}

# The value of an option, or exit 2: value_of --port "$@" with the option as $2.
value_of() {
  [[ $# -ge 3 ]] || wrong "$1 needs a value; 'appliance ${verb:-} --help' shows how."
  printf '%s' "$3"
}

# Sets DATA (absolute) and RUN. Makes nothing.
locate() {
  DATA=${1:-${APPLIANCE_DATA:-$ROOT/.appliance}}
  DATA=$(realpath -m -- "$DATA")
  local parent=${XDG_RUNTIME_DIR:-}
  # A Unix socket's path has 107 bytes at most, so a long runtime folder is no use.
  if [[ -z $parent || ! -d $parent || ! -w $parent || ${#parent} -gt 60 ]]; then
    parent=/tmp
  fi
  local hash
  hash=$(printf '%s' "$DATA" | sha256sum)
  RUN=$parent/appliance-$(id -u)-${hash:0:8}
}

# Makes DATA and RUN, both 0700 and ours.
make_folders() {
  [[ -d $DATA ]] || (umask 077 && mkdir -p -- "$DATA") 2>/dev/null ||
    fail "The data folder $DATA cannot be made; name another with --data DIR or APPLIANCE_DATA."
  [[ -w $DATA && -O $DATA ]] ||
    fail "The data folder $DATA belongs to $(stat -c %U -- "$DATA"); name one of your own with --data DIR or APPLIANCE_DATA."
  chmod 0700 -- "$DATA"
  (umask 077 && mkdir -- "$RUN") 2>/dev/null
  [[ -d $RUN && ! -L $RUN && -O $RUN ]] ||
    fail "$RUN is not a folder of ours, so sockets cannot be put there; remove it."
  chmod 0700 -- "$RUN"
}

# What a process of ours is called by the kernel: its id and start time, so that a reused id is no match.
identity_of() {
  local stat
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  stat=${stat##*) }
  local fields
  read -ra fields <<<"$stat"
  [[ ${fields[0]} != Z ]] || return 1
  printf '%s %s\n' "$1" "${fields[19]}"
}

# The id in RUN/NAME.pid if that very process still lives.
living() {
  local known
  { read -r known <"$RUN/$1.pid"; } 2>/dev/null || return 1
  [[ -n $known && $(identity_of "${known%% *}") == "$known" ]] && printf '%s' "${known%% *}"
}

# Settings of the dataplane's runtime (docs/adr/0003): no collection under traffic.
dataplane_environment() {
  export DOTNET_GCgen0size=0x10000000 DOTNET_TieredPGO=0 DOTNET_gcServer=0 DOTNET_gcConcurrent=0
  common_environment
}

common_environment() {
  export DOTNET_NOLOGO=1 DOTNET_EnableDiagnostics=0
  export APPLIANCE_DEMO=$ROOT/installer/demo
}
