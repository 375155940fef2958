# Preflight: what this machine offers, and for each fault the line that repairs it. Changes nothing.

usage() {
  cat <<'TEXT'
usage: appliance doctor [--data DIR]

Checks the machine: packages, cores, huge pages, drivers, offloads, disk, port. Changes nothing.
'note' limits what is possible, 'fault' prevents the demo from running. Exit status 1 if there is a fault.
TEXT
}

DISK_MIB_MIN=1024

run() {
  local data='' faults=0
  while [[ $# -gt 0 ]]; do
    case $1 in
      --data) data=$(value_of --data "$@") || exit ;;
      *) wrong "doctor does not know '$1'; 'appliance doctor --help' lists its options." ;;
    esac
    shift 2
  done
  locate "$data"
  . "$HERE/lib/packages.sh"
  . "$HERE/lib/ports.sh"
  check_software
  check_processor
  check_memory
  check_rights
  check_interfaces
  check_room
  ((faults == 0)) || exit $EXIT_FAILED
}

good() { printf 'ok     %s\n' "$1"; }
note() { printf 'note   %s\n       fix: %s\n' "$1" "$2"; }
fault() {
  faults=$((faults + 1))
  printf 'fault  %s\n       fix: %s\n' "$1" "$2"
}

check_software() {
  local group missing
  if type -P dotnet >/dev/null; then
    good ".NET SDK $(cd / && dotnet --version)"
  else
    fault "The .NET SDK is missing." "install .NET 10 so that dotnet is on the PATH"
  fi
  for group in run build; do
    missing=$(missing_packages "$group" | paste -sd ' ')
    if [[ -z $missing ]]; then
      good "Debian packages to $group are installed"
    else
      fault "Debian packages to $group are missing: $missing." "apt-get install --no-install-recommends $missing"
    fi
  done
}

check_processor() {
  local cores isolated
  cores=$(nproc)
  isolated=$(cat /sys/devices/system/cpu/isolated 2>/dev/null)
  if ((cores >= 2)); then
    good "$cores cores; workers take $((cores > 2 ? cores - 1 : 1)), core 0 stays free"
  else
    note "One core: workers are not pinned." "give the machine two cores or more"
  fi
  [[ -n $isolated ]] && good "isolated cores: $isolated" ||
    note "No core is isolated, so other programs may interrupt a worker." \
      "add isolcpus=1-$((cores - 1)) to the kernel's command line (only for highest rates)"
}

check_memory() {
  local total free lock
  total=$(awk '$1 == "HugePages_Total:" { print $2 }' /proc/meminfo)
  free=$(awk '$1 == "HugePages_Free:" { print $2 }' /proc/meminfo)
  if ((total > 0)); then
    good "$free of $total huge pages are free"
  else
    note "There are no huge pages: everything works, lookups are slower." "sysctl -w vm.nr_hugepages=512"
  fi
  lock=$(ulimit -l)
  [[ $lock == unlimited || $lock -ge 65536 ]] && good "memory that may be locked: $lock KiB" ||
    note "Only $lock KiB of memory may be locked, too little for DPDK ports." "ulimit -l unlimited, as root"
}

check_rights() {
  if [[ $(id -u) -eq 0 ]]; then
    good "root: all kinds of port can be opened"
  else
    note "An ordinary user: only demo and capture: ports can be opened." "sudo $HERE/appliance up"
  fi
}

check_interfaces() {
  local path name driver way on offload
  way=$(ip -o route get 192.0.2.1 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p')
  for path in /sys/class/net/*; do
    name=${path##*/}
    [[ $name != lo && -e $path ]] || continue
    driver=$(basename -- "$(readlink -- "$path/device/driver" 2>/dev/null)" 2>/dev/null)
    if [[ $name == "$way" ]]; then
      note "$name leads to the rest of the network; as an inline port it would lock you out." "choose other interfaces"
      continue
    fi
    on=''
    for offload in gro gso tso lro; do
      ethtool -k "$name" 2>/dev/null | grep -qE "^$(long_name "$offload"): on" && on+=" $offload"
    done
    if [[ -z $on ]]; then
      good "$name (driver ${driver:-virtual}): offloads that falsify packets are off"
    else
      note "$name (driver ${driver:-virtual}) merges or splits packets:$on." \
        "ethtool -K $name$(printf ' %s off' $on)"
    fi
  done
}

long_name() {
  case $1 in
    gro) echo generic-receive-offload ;;
    gso) echo generic-segmentation-offload ;;
    tso) echo tcp-segmentation-offload ;;
    lro) echo large-receive-offload ;;
  esac
}

check_room() {
  local place=$DATA mib holder
  while [[ ! -d $place ]]; do
    place=$(dirname -- "$place")
  done
  mib=$(df -Pm -- "$place" | awk 'NR == 2 { print $4 }')
  if ((mib >= DISK_MIB_MIN)); then
    good "$mib MiB are free for the data folder $DATA"
  else
    fault "Only $mib MiB are free for the data folder $DATA." "free some, or name another folder with --data"
  fi
  if [[ -n $(living supervisor) ]]; then
    good "the appliance runs"
    return
  fi
  holder=$(holder_of 8443)
  [[ -z $holder ]] && good "port 8443 is free" ||
    note "Port 8443 is in use by $holder." "appliance up --port N"
}
