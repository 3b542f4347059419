#!/bin/sh
# All figures of README.md, one after the other: BELFRY_LOAD=<folder of rtplegs> bench/run.sh [script ...]
set -eu
cd "$(dirname "$0")"
: "${BELFRY_LOAD:?the folder of the built load generator rtplegs}"
export BELFRY_LOAD BELFRY_BINARY="${BELFRY_BINARY:-$(cd .. && pwd)/build/release/belfry}"
ulimit -n 20000
[ $# -gt 0 ] || set -- start first_audio notifications relay conference sip_calls webhook kin_documents webrtc_legs schedule_due
for script in "$@"; do
  python3 "$script.py"
done
