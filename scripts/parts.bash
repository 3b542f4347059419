# Sourced by ./test: what each part does. `whole` is yes when CI's whole set runs; parts then keep to
# a time budget where they could eat any amount of it.

# In an order that fails early: first what takes seconds, then what compiles, then real clients.
all_parts() {
  compiling_parts
  system_parts one
  system_parts other
}

compiling_parts() {
  echo format
  echo lint
  [ ! -f web/package.json ] || echo web
  printf '%s\n' asan tidy tsan gcc corpus server
}

# Beside them: `unit` is what one runs after each save (CI has the same tests in `asan`); `fuzz` looks for what the
# seeds in `corpus` do not know; `headers` compiles each header alone.
more_parts() { printf '%s\n' unit fuzz headers; }

# system_parts one|other: folders of tests/ with tests against the built server, the quick ones first. The two lanes run
# at the same time; who needs a certain port is in the first.
system_parts() {
  local part others=' sip twilio aws browser '
  for part in cli flux take5 kin postgres sip twilio faults aws browser $(ls tests 2>/dev/null); do
    [ -d "tests/$part" ] || continue
    case $part in house | support | node_modules) continue ;; esac
    case $others in *" $part "*) [ "$1" = other ] || continue ;; *) [ "$1" = one ] || continue ;; esac
    echo "$part"
  done | awk '!seen[$0]++'
}

tracked() { git ls-files --cached --others --exclude-standard -- "$@"; }

part_format() {
  tracked '*.cpp' '*.hpp' | xargs -r clang-format-19 --dry-run -Werror
}

part_lint() {
  python3 scripts/lint.py
  PYTHONPATH=tests python3 -m unittest discover -s tests/house -p '*_test.py'
}

# On changed files, but tests, which may copy what they like; BELFRY_TIDY=all takes every file. In the whole set it stops after 2 minutes and
# says how far it came.
part_tidy() {
  local base files=() limit=$((SECONDS + 120)) checked=0
  configure dev
  # It reads the precompiled headers; nothing else needs to be built for it.
  # shellcheck disable=SC2046
  build dev $(ninja -C build/dev -t targets all | sed -n 's/^\(.*cmake_pch.hxx.pch\): .*/\1/p')
  base=$(git merge-base HEAD "${BELFRY_BASE:-origin/main}" 2>/dev/null || git merge-base HEAD main 2>/dev/null) || base=
  [ "$base" = "$(git rev-parse HEAD)" ] && base=$(git rev-parse --verify -q HEAD~1 || true)
  if [ "${BELFRY_TIDY:-}" = all ] || [ -z "$base" ]; then
    mapfile -t files < <(tracked 'src/*.cpp' ':!src/*_test.cpp')
  else
    mapfile -t files < <({ git diff --name-only --diff-filter=d "$base" -- 'src/*.cpp' ':!src/*_test.cpp'
      git ls-files --others --exclude-standard -- 'src/*.cpp' ':!src/*_test.cpp'; } | sort -u)
  fi
  while [ $checked -lt ${#files[@]} ]; do
    if [ "${whole:-}" = yes ] && [ $SECONDS -gt $limit ]; then break; fi
    printf '%s\n' "${files[@]:checked:8}" |
      xargs -P "$(jobs_at_once)" -n 1 sh -c '
        out=$(clang-tidy-19 -p build/dev --quiet "$0" 2>&1) && exit 0
        printf "%s\n" "$out" | grep -vE "warnings? generated|^Suppressed|^Use -header" >&2; exit 1'
    checked=$((checked + 8))
  done
  [ $checked -le ${#files[@]} ] || checked=${#files[@]}
  say "clang-tidy: $checked of ${#files[@]} files"
}

part_unit() {
  build dev
  start_postgres -c fsync=off # there processes are killed, no machine loses its power
  ctest --preset unit --no-tests=error -j "$(nproc)"
}

# The unit tests under address and undefined-behaviour checks; its build also has the fuzz targets.
part_asan() {
  build asan
  start_postgres -c fsync=off
  ctest --preset asan --no-tests=error -j "$(nproc)"
}

# Modules that have more than one thread.
part_tsan() {
  local threaded='base|media|store|net|speech|gateway[a-z_]*' targets
  configure tsan
  targets=$(ninja -C build/tsan -t targets all | sed -nE "s/^(belfry_($threaded)_test): .*/\1/p" | sort -u)
  # shellcheck disable=SC2086
  build tsan $targets
  start_postgres -c fsync=off
  ctest --preset tsan --no-tests=error -j "$(nproc)" -R "^($threaded|gateway/.*)$"
}

part_gcc() { build gcc; }

part_headers() { build dev verify_headers; }

part_web() {
  check_node
  npm_install web
  (cd web && npm run --silent check && npm test --silent)
}

fuzz_targets() {
  build asan
  find build/asan/fuzz -maxdepth 1 -type f -name 'fuzz_*' -perm -u+x | sort
}

# Every target over its seeds, once.
part_corpus() {
  local target
  for target in $(fuzz_targets); do
    local seeds=fuzz/corpus/${target##*/fuzz_} log=build/asan/${target##*/}.log
    [ -d "$seeds" ] || die "$seeds is missing: a target needs seeds"
    "$target" -runs=0 -artifact_prefix=build/asan/ "$seeds" >"$log" 2>&1 || { tail -40 "$log"; return 1; }
  done
}

# Every target for 60 s (BELFRY_FUZZ_SECONDS).
part_fuzz() {
  local targets seconds=${BELFRY_FUZZ_SECONDS:-60} at_once
  mapfile -t targets < <(fuzz_targets)
  at_once=$(jobs_at_once)
  say "${#targets[@]} targets, $seconds s each"
  mkdir -p build/fuzz-findings
  printf '%s\n' "${targets[@]}" | SECONDS_EACH=$seconds xargs -P "$at_once" -n 1 sh -c '
    name=${0##*/fuzz_}
    mkdir -p "build/fuzz-corpus/$name"
    "$0" -max_total_time="$SECONDS_EACH" -timeout=10 -rss_limit_mb=2048 -artifact_prefix=build/fuzz-findings/"$name"- \
      "build/fuzz-corpus/$name" "fuzz/corpus/$name" >"build/fuzz-corpus/$name.log" 2>&1 && exit 0
    tail -40 "build/fuzz-corpus/$name.log" >&2; exit 1'
}

# What the lanes of system tests would otherwise make at the same time.
part_server() {
  build_server
  npm_install tests
}

# A database that goes away under a server, then applications as they are: with PostgreSQL they do what they do with
# SQLite. Each server gets a database of its own (tests/support/database.*).
part_postgres() {
  local part
  start_postgres
  export BELFRY_DATABASE_URL="${BELFRY_TEST_POSTGRES%/*}/{database}"
  for part in postgres take5 flux kin aws; do system_tests "$part"; done
  npm_install tests
  node --test tests/twilio/{calls,conference,messages,queue,recordings,webhooks}.test.mjs
}

# Tests against build/release/belfry with real clients: tests/<part>/*_test.py by unittest,
# tests/<part>/*.test.mjs by node. They find the server in BELFRY_BINARY and Chromium in BELFRY_CHROMIUM.
system_tests() {
  local part=$1 log ran=no
  build_server
  export BELFRY_BINARY=$PWD/build/release/belfry PYTHONPATH=$PWD/tests PYTHONDONTWRITEBYTECODE=1
  BELFRY_CHROMIUM=$(chromium_binary) || BELFRY_CHROMIUM=
  export BELFRY_CHROMIUM
  if [ -f tests/package.json ] && compgen -G "tests/$part/*.m[jt]s" >/dev/null; then npm_install tests; fi
  if compgen -G "tests/$part/*test*.py" >/dev/null; then
    log=build/tests-$part.log
    python3 -m unittest discover -v -s "tests/$part" -p '*test*.py' 2>&1 | tee "$log"
    if grep -qE '^Ran 0 tests' "$log"; then die "tests/$part: no test ran"; fi
    ran=yes
  fi
  if compgen -G "tests/$part/*.test.mjs" >/dev/null; then
    case $part in
      aws) command -v "${BELFRY_AWS:-aws}" >/dev/null || die "no AWS command line found: set BELFRY_AWS to its path" ;;
      browser | twilio) [ -n "$BELFRY_CHROMIUM" ] || die "no Chromium found: set BELFRY_CHROMIUM to its path" ;;
    esac
    node --test tests/"$part"/*.test.mjs
    ran=yes
  fi
  [ $ran = yes ] || die "tests/$part holds neither *test*.py nor *.test.mjs"
}
