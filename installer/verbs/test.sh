# The gate, then every test of every assembly; the sum of all is the last line.

usage() {
  cat <<'TEXT'
usage: appliance test [FILTER] [--all]

Brings what tests need, runs tests/check.sh (format, tidy) and then all tests.
Exit status 1 if the gate or a test failed, something could not be built, no test ran, or a test was skipped
that tests/skipped-tests.txt does not allow.

  FILTER  part of a namespace, class or method name
  --all   also the long tier (tests marked tier=long)
TEXT
}

ASSEMBLY_MINUTES_MAX=40
EXIT_NO_TESTS=8

run() {
  local filter='' all='' broken='' project arguments=()
  while [[ $# -gt 0 ]]; do
    case $1 in
      --all) all=yes ;;
      --data)
        value_of --data "$@" >/dev/null || exit
        shift
        ;;
      -*) wrong "test does not know '$1'; 'appliance test --help' lists its options." ;;
      *)
        [[ -z $filter ]] || wrong "test takes one FILTER, not '$filter' and '$1'."
        filter=$1
        ;;
    esac
    shift
  done

  . "$HERE/lib/packages.sh"
  need_packages run build test
  . "$HERE/lib/build.sh"
  . "$HERE/lib/skipped.sh"
  common_environment
  choose_tests
  bash "$ROOT/tests/check.sh" || broken="The gate failed (tests/check.sh)."
  # Tests of the whole start the programs that 'up' starts. What cannot be built shows in their results.
  (need_build dataplane control-api web-ui) || broken="The appliance could not be built."

  local results=$ROOT/artifacts/test-results
  rm -rf -- "$results"
  mkdir -p -- "$results"
  for project in "$ROOT"/tests/*.Tests; do
    run_assembly "$(basename -- "$project")" || broken=${broken:-"A test assembly failed."}
  done
  sum_up
}

# What the options mean to a test assembly: a method's full name holds namespace, class and method.
choose_tests() {
  [[ -n $all ]] || arguments+=(--filter-not-trait tier=long)
  [[ -z $filter ]] || arguments+=(--filter-method "*$filter*")
}

run_assembly() {
  local name=$1 status program=$ROOT/artifacts/bin/$1/debug/$1
  say "--- $name"
  if [[ ! -x $program ]]; then
    say "$name is not built."
    return 1
  fi
  (cd -- "${program%/*}" && timeout --kill-after 10 "${ASSEMBLY_MINUTES_MAX}m" "$program" \
    "${arguments[@]}" --progress off --report-trx --report-trx-filename "$name.trx" --results-directory "$results") >&2
  status=$?
  [[ $status -eq 0 || $status -eq $EXIT_NO_TESTS ]] || say "$name ended with status $status."
  [[ $status -eq 0 || $status -eq $EXIT_NO_TESTS ]]
}

sum_up() {
  local passed=0 failed=0 skipped=0 file total good bad unlisted
  for file in "$results"/*.trx; do
    [[ -f $file ]] || continue
    total=$(counter total) good=$(counter passed) bad=$(($(counter failed) + $(counter error) + $(counter timeout)))
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + total - good - bad))
  done
  unlisted=$(unlisted_skips "$results" "$ROOT/tests/skipped-tests.txt")
  if [[ -n $unlisted ]]; then
    broken=${broken:-"A test was skipped that tests/skipped-tests.txt does not allow."}
    say "Skipped and not on the list:" "$unlisted"
  fi
  [[ -z $broken ]] || say "$broken"
  ((passed + failed > 0)) || say "No test ran."
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [[ -z $broken ]] && ((failed == 0 && passed > 0)) || exit $EXIT_FAILED
}

# One attribute of the file's <Counters …>, 0 without it.
counter() {
  local value
  value=$(grep -o '<Counters [^>]*' "$file" | head -n 1 | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p")
  printf '%s' "${value:-0}"
}
