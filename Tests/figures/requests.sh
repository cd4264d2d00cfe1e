#!/usr/bin/env bash
# Prints how 100,000 requests that are changed at random end: whatever arrives, the server answers or closes, stays alive and does
# not grow. A number as argument asks for another count. The seed is new each run, and printed.
# Takes the binary from $PLUMB (.build/release/plumb).
set -euo pipefail
cd "$(dirname "$0")/../.."
seed=$RANDOM$RANDOM
echo "seed $seed"
python3 Tests/server/mutants.py --count "${1:-100000}" --seed "$seed" "${PLUMB:-.build/release/plumb}"
