# Sourced by ./run and ./test: packages, the web pages, the server binary. Needs bash and, for
# packages, apt (Debian 12, Debian 13, Ubuntu 24.04). Touches nothing that is already there.

say() { printf '\033[1mbelfry:\033[0m %s\n' "$*" >&2; }
die() {
  printf '\033[1mbelfry:\033[0m %s\n' "$*" >&2
  exit 1
}

# ---- packages -----------------------------------------------------------------------------------

# What the build needs. "program:package" counts as present when the program is, wherever from.
build_packages() {
  cat <<'LIST'
clang++-19:clang-19 cmake:cmake ninja:ninja-build pkg-config:pkg-config ccache:ccache mold:mold
node:nodejs npm:npm
libssl-dev libspdlog-dev libfmt-dev prometheus-cpp-dev libpugixml-dev libexpat1-dev
libtomlplusplus-dev zlib1g-dev libcli11-dev libopus-dev libspandsp-dev libspeexdsp-dev libsndfile1-dev
libsqlite3-dev libpq-dev libcurl4-openssl-dev libc-ares-dev libhowardhinnant-date-dev libical-dev flite1-dev
libpocketsphinx-dev pocketsphinx-en-us
ca-certificates tzdata
LIST
  if [ "$(release_name)" = debian-12 ]; then
    # libphonenumber-dev wants Boost 1.74: see unpack_phonenumber.
    echo libphonenumber8 libprotobuf-dev libabsl-dev
    # Never the unversioned libboost-*-dev here: that is 1.74, and it pushes 1.81 out.
    echo libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
  else
    echo libboost-dev libboost-json-dev libboost-url-dev libphonenumber-dev libprotobuf-dev libabsl-dev
  fi
}

# What the tests need beside it: GoogleTest, sanitizer run-times, the tools of the checks, the peers.
test_packages() {
  cat <<'LIST'
g++:g++ git:git python3:python3 curl:curl
clang-format-19:clang-format-19 clang-tidy-19:clang-tidy-19 libclang-rt-19-dev
libgtest-dev libgmock-dev libbenchmark-dev libsrtp2-dev
sipp:sip-tester baresip:baresip psql:postgresql-client postgresql
LIST
  # Without it a sanitizer's report has no names.
  command -v llvm-symbolizer >/dev/null || echo llvm-symbolizer-19:llvm-19
  # Ubuntu's chromium package is a snap: there, any Chrome or Chromium in the PATH will do.
  # Ubuntu 24.04 has no awscli: there, any `aws` in the PATH will do.
  if ! command -v aws >/dev/null && [ "$(release_name)" != ubuntu ]; then echo awscli; fi
  if ! chromium_binary >/dev/null && [ "$(release_name)" != ubuntu ]; then echo chromium; fi
}

release_name() {
  local id version
  id=$(. /etc/os-release 2>/dev/null && echo "${ID:-}")
  version=$(. /etc/os-release 2>/dev/null && echo "${VERSION_ID:-}")
  case "$id-$version" in
    debian-12*) echo debian-12 ;;
    ubuntu-*) echo ubuntu ;;
    *) echo "$id" ;;
  esac
}

chromium_binary() {
  local name
  for name in ${BELFRY_CHROMIUM:-} chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" && return 0
  done
  return 1
}

# Prints those of the given packages that are missing.
missing_packages() {
  local item wanted=() installed
  for item in "$@"; do
    case $item in
      *:*) command -v "${item%%:*}" >/dev/null || wanted+=("${item#*:}") ;;
      *) wanted+=("$item") ;;
    esac
  done
  [ ${#wanted[@]} -gt 0 ] || return 0
  if ! command -v dpkg-query >/dev/null; then
    say "this is no Debian or Ubuntu: install what follows by its name there, if the build misses it:"
    say "  ${wanted[*]}"
    return 0
  fi
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
    sed -n 's/^installed //p')
  for item in "${wanted[@]}"; do
    grep -qxF -- "$item" <<<"$installed" || echo "$item"
  done
}

install_packages() {
  local missing as_root=()
  # shellcheck disable=SC2046  # lists of words
  missing=$(missing_packages $("$@"))
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "these packages are missing and there is no sudo; as root: apt-get install --no-install-recommends" $missing
    [ -t 0 ] || sudo -n true 2>/dev/null || die "sudo asks for a password and nobody is there to type it; as root: apt-get install --no-install-recommends" $missing
    as_root=(sudo)
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
  mkdir -p build
  say "installing packages (a minute or two; all of it in build/packages.log):" $missing
  "${as_root[@]}" update >build/packages.log 2>&1 || say "apt-get update failed; trying with the lists that are there"
  # shellcheck disable=SC2086
  "${as_root[@]}" install --no-install-recommends $missing >>build/packages.log 2>&1 || {
    tail -20 build/packages.log >&2
    die "apt-get could not install the packages. Belfry knows Debian 12, Debian 13 and Ubuntu 24.04 (with the universe component)."
  }
}

# Debian 12: the headers of libphonenumber-dev without the package, which wants another Boost than ours.
unpack_phonenumber() {
  [ "$(release_name)" = debian-12 ] || return 0
  local header=include/phonenumbers/phonenumberutil.h
  [ ! -e /usr/$header ] && [ ! -e /usr/local/$header ] && [ ! -e build/packages/usr/$header ] || return 0
  say "unpacking the headers of libphonenumber-dev"
  mkdir -p build/packages/download
  (cd build/packages/download && apt-get -q download libphonenumber-dev >>../../packages.log 2>&1) &&
    dpkg-deb --extract build/packages/download/libphonenumber-dev_*.deb build/packages ||
    die "libphonenumber-dev could not be fetched (build/packages.log)"
  # Its links name a run-time library beside them that is not there.
  rm -rf build/packages/usr/lib build/packages/download
}

check_node() {
  local major
  major=$(node -p 'process.versions.node.split(".")[0]') || die "node does not start"
  [ "$major" -ge 18 ] || die "Node.js 18 or later is needed, this is $(node --version)"
}

# ---- building -----------------------------------------------------------------------------------

# One compiler takes up to 1.2 GB: as many at once as cores and free memory allow.
jobs_at_once() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 1200000) }' /proc/meminfo)
  [ "$memory" -ge 1 ] || memory=1
  echo $((cores < memory ? cores : memory))
}

hash_of_files() { # hash_of_files FOLDER: names and contents, without what builds leave there
  (cd "$1" && find . \( -name node_modules -o -name dist \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-64)
}

npm_install() { # npm_install FOLDER: when the lock file changed
  local stamp=$1/node_modules/.belfry-lock want
  want="$(sha256sum <"$1/package-lock.json") $(node --version)"
  [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && return 0
  say "fetching npm packages for $1/"
  (cd "$1" && { npm ci --no-audit --no-fund --loglevel=error || npm ci --no-audit --no-fund; }) >&2 ||
    die "npm ci failed in $1/"
  echo "$want" >"$stamp"
}

build_web() {
  [ -f web/package.json ] || return 0
  local stamp=build/web.stamp want
  want=$(hash_of_files web)
  [ -f web/dist/index.html ] && [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && return 0
  check_node
  npm_install web
  say "building the web pages"
  (cd web && npm run --silent build) >&2 || die "the web pages do not build"
  mkdir -p build
  echo "$want" >"$stamp"
}

configure() { # configure PRESET
  [ -f "build/$1/build.ninja" ] && return 0
  mkdir -p build
  # A half-made or foreign cache must not be in the way.
  cmake --preset "$1" >"build/$1-configure.log" 2>&1 ||
    cmake --fresh --preset "$1" >"build/$1-configure.log" 2>&1 ||
    { cat "build/$1-configure.log" >&2; die "cmake --preset $1 failed"; }
}

build() { # build PRESET [TARGET...]
  configure "$1"
  local folder=build/$1
  shift
  ninja -C "$folder" --quiet -j "$(jobs_at_once)" "$@" >&2 || die "the build in $folder failed"
}

build_server() {
  build_web
  [ -x build/release/belfry ] || say "building the server: some minutes the first time, seconds later"
  build release belfry
}
