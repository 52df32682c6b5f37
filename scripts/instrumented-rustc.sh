#!/bin/bash
# Cargo's RUSTC_WORKSPACE_WRAPPER for the fuzzer: the doors and what lies behind them tell libFuzzer where an input leads.
# Everything else, and every dependency, is compiled as always. Usage: instrumented-rustc.sh RUSTC ARGUMENTS...
set -euo pipefail
case " $* " in
*" --crate-name pierrot_core "* | *" --crate-name pierrot_looks "* | *" --crate-name pierrot_fuzz "*"--crate-type lib "*)
  exec "$@" -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares
  ;;
esac
exec "$@"
