#!/bin/sh
# Builds the bridge with the address sanitizer and runs the native tests on it. Leaks are the JVM's own matter and not
# looked for: MemoryTest does that. Freed memory is set aside for a short while only, or MemoryTest would count it as a leak.
set -eu
cd "$(dirname "$0")/.."
tests=${1:-"TensorTest,MemoryTest,GradientTest,TorchOperatorsTest,StateDictReaderTest,HooksTest,FunctionTest,AutogradTest,CheckpointTest,GradCheckTest,DerivativesTest,ForwardAdTest,AutocastTest,ProfilerTest,RobustnessTest,CustomOperatorTest,CustomBackwardTest,CustomOperatorProgramTest,ScriptFunctionTest,ScriptModuleBuilderTest,ScriptModuleTest,ScriptValuesTest,ScriptChildrenTest,ScriptTrainingTest,ScriptFilesTest,ScriptReaderTest,ScriptWriterTest,ScriptModuleThreadsTest,TraceTest,DynamicSizesTest,RecordingTest,InterpreterTest,OpsTest,LayersTest,OpsGoldenTest"}
# The C++ library too: the sanitizer looks for its exceptions when it starts.
LD_PRELOAD="$(g++ -print-file-name=libasan.so):$(g++ -print-file-name=libstdc++.so)"
export LD_PRELOAD
export ASAN_OPTIONS=detect_leaks=0:handle_segv=0:allow_user_segv_handler=1:alloc_dealloc_mismatch=0:quarantine_size_mb=4
exec mvn -B test -Dnative.sanitize=ON -Dbuild.folder="$PWD/target/asan" -Dnative.libraries="$PWD/target/natives" -Dspotless.check.skip -Dtest="$tests" \
  -Dsurefire.failIfNoSpecifiedTests=false
