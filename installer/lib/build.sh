# Builds what a verb needs and nothing twice. Each component is published into a folder of its own, and a
# symbolic link is moved when it is complete: a running process keeps the files it was started from.

BUILT=$ROOT/artifacts/appliance

declare -A SOURCES=(
  [dataplane]="Dataplane"
  [control-api]="ControlApi Persistence Dataplane/Contract"
  [web-ui]="WebUi ControlApi/Contract Dataplane/Contract"
  [benchmarks]="tests/Dataplane.Benchmarks tests/Testing Dataplane"
)
declare -A PROJECTS=(
  [dataplane]=Dataplane/Dataplane.csproj
  [control-api]=ControlApi/ControlApi.csproj
  [web-ui]=WebUi/WebUi.csproj
  [benchmarks]=tests/Dataplane.Benchmarks/Dataplane.Benchmarks.csproj
)

# One line that changes when a source file is added, removed or written.
fingerprint() {
  # shellcheck disable=SC2086 # a list of folders
  (cd "$ROOT" && find ${SOURCES[$1]} Directory.Build.props Directory.Packages.props global.json \
    \( -name bin -o -name obj -o -name node_modules -o -path '*/wwwroot/lib' \) -prune -o \
    -type f ! -name '*.md' ! -name '*.so' ! -name '*.o' -printf '%p %s %T@\n' | LC_ALL=C sort | cksum)
}

is_built() {
  local stamp
  { read -r stamp <"$BUILT/$1.stamp"; } 2>/dev/null && [[ $stamp == "$(fingerprint "$1")" ]]
}

# need_build COMPONENT…
need_build() {
  local component stale=()
  for component in "$@"; do
    is_built "$component" || stale+=("$component")
  done
  [[ ${#stale[@]} -gt 0 ]] || return 0

  type -P dotnet >/dev/null ||
    fail "The .NET SDK is missing; install .NET 10 (dotnet on the PATH) and try again."
  . "$HERE/lib/packages.sh"
  need_packages run build
  mkdir -p "$BUILT" 2>/dev/null && [[ -w $BUILT ]] ||
    fail "$BUILT cannot be written, so nothing can be built; build once as the owner of this checkout."
  exec 8>"$BUILT/build.lock"
  flock 8
  for component in "${stale[@]}"; do
    is_built "$component" || build "$component"
  done
  exec 8>&-
}

build() {
  local component=$1 mark folder log=$BUILT/$1.log
  mark=$(fingerprint "$component")
  folder=$(mktemp -d "$BUILT/$component.XXXXXX")
  chmod 0755 "$folder"
  say "Building $component …"
  if ! dotnet publish "$ROOT/${PROJECTS[$component]}" -c Release -o "$folder" \
    -v quiet -nologo -nodeReuse:false -p:UseSharedCompilation=false 8>&- >"$log" 2>&1; then
    rm -rf -- "$folder"
    grep -E ': (error|fatal)' "$log" | sort -u | head -n 20 >&2 || true
    fail "$component could not be built; the whole log is $log."
  fi
  ln -sfn -- "${folder##*/}" "$BUILT/$component.new"
  mv -T -- "$BUILT/$component.new" "$BUILT/$component"
  printf '%s\n' "$mark" >"$BUILT/$component.stamp"
  prune "$component" "${folder##*/}"
}

# Removes older folders that no process runs from.
prune() {
  local folder
  for folder in "$BUILT/$1".??????; do
    [[ ${folder##*/} != "$2" && -d $folder ]] || continue
    if ! readlink /proc/[0-9]*/exe 2>/dev/null | grep -qF "$folder/"; then
      rm -rf -- "$folder"
    fi
  done
}
