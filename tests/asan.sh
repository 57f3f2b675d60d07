#!/bin/sh
# Builds the bridge with the address sanitizer and runs the native tests on it. Leaks are the JVM's own matter and not
# looked for: MemoryTest does that.
set -eu
cd "$(dirname "$0")/.."
tests=${1:-"TensorTest,MemoryTest,GradientTest,TorchOperatorsTest,StateDictReaderTest"}
LD_PRELOAD=$(g++ -print-file-name=libasan.so)
export LD_PRELOAD
export ASAN_OPTIONS=detect_leaks=0:handle_segv=0:allow_user_segv_handler=1:alloc_dealloc_mismatch=0
exec mvn -B test -Dnative.sanitize=ON -Dbuild.folder="$PWD/target/asan" -Dnative.libraries="$PWD/target/natives" -Dspotless.check.skip -Dtest="$tests" \
  -Dsurefire.failIfNoSpecifiedTests=false
