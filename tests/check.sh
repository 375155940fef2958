#!/usr/bin/env bash
# The gate: what must pass before a commit. Restore with locked versions, build, format, tidy.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

step() { printf -- '--- %s\n' "$*" >&2; }

step "restore, locked"
dotnet restore Appliance.sln --locked-mode -v quiet

step "build, warnings are errors"
# Without the compiler server: one that has served other checkouts has been seen to refuse valid pages.
dotnet build Appliance.sln --no-restore -v quiet -nologo -p:UseSharedCompilation=false

# Style rules are errors of the build; --folder needs no second load of all projects.
step "format"
dotnet format whitespace . --folder --verify-no-changes --exclude artifacts

step "tidy"
artifacts/bin/Repo.Tests/debug/Repo.Tests --progress off >&2
