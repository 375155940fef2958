# One capture through a chain on a virtual clock.

usage() {
  cat <<'TEXT'
usage: appliance analyze CAPTURE [--chain FILE] [--rules FILE]… [--home-net CIDR,…]
                         [--outputs eve,tcp,flows] [--stream-hashes] [--live-timeouts] --out DIR

Reads a pcap or pcapng file and writes eve.json, tcp.json, flows.json, rejected-rules.json and
summary.json into DIR. Needs no root, no network card and no running appliance.

  --chain FILE      a configuration document; the capture takes the place of its ports.
                    Without it: the built-in IDS chain
  --rules FILE      rules in Suricata's language; may be given several times
  --home-net LIST   what $HOME_NET means in rules
  --outputs LIST    which of eve, tcp, flows to fill
  --stream-hashes   SHA-256 of each side's reassembled bytes in tcp.json
  --live-timeouts   end idle flows as the running appliance does
TEXT
}

run() {
  local arguments=()
  while [[ $# -gt 0 ]]; do
    case $1 in
      --data)
        value_of --data "$@" >/dev/null
        shift
        ;;
      *) arguments+=("$1") ;;
    esac
    shift
  done
  . "$HERE/lib/build.sh"
  need_build dataplane
  dataplane_environment
  # Compiling anew what was compiled ahead pays only in runs of seconds (hexadecimal milliseconds).
  export DOTNET_TC_CallCountingDelayMs=0x3E8
  exec "$BUILT/dataplane/Dataplane" analyze "${arguments[@]}"
}
