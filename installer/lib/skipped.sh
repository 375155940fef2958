# Which tests did not run although they should have.

# unlisted_skips FOLDER LIST: the names of tests that the TRX files of FOLDER tell as skipped and LIST does not
# allow, one a line. LIST has one test a line, name and reason with white space between; # begins a comment.
unlisted_skips() {
  local file name
  for file in "$1"/*.trx; do
    [[ -f $file ]] || continue
    # Arguments of a theory are no part of its name.
    grep -o '<UnitTestResult [^>]*outcome="NotExecuted"[^>]*>' "$file" |
      sed -n 's/.* testName="\([^"(]*\)[^"]*".*/\1/p'
  done | LC_ALL=C sort -u | while read -r name; do
    grep -qE "^${name//./\\.}[[:space:]]" "$2" || printf '%s\n' "$name"
  done
}
