#!/usr/bin/env bash
# Compares `plumb alert test` with a replay in plain Python, alert by alert: 20 rules on three worlds of 40 pipelines and 3 days.
# The binary is $PLUMB, or .build/release/plumb.
set -euo pipefail
cd "$(dirname "$0")/../.."
PLUMB_FULL=1 exec python3 Tests/alerts/test_replay.py "${PLUMB:-.build/release/plumb}"
