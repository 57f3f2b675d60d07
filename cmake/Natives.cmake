# Links a target against the natives that were unpacked from the presets' jars. --no-undefined makes the linker prove
# that every signature declared in libtorch_abi.h is one that libtorch exports.
find_path(JNI_HEADERS jni.h HINTS "${TORCHBRIDGE_JAVA_HOME}/include" "${TORCHBRIDGE_JAVA_HOME}/../include" REQUIRED
  NO_DEFAULT_PATH)

function(target_link_natives target)
  target_include_directories(${target} SYSTEM PRIVATE "${JNI_HEADERS}" "${JNI_HEADERS}/linux")
  target_link_directories(${target} PRIVATE "${TORCHBRIDGE_NATIVES}")
  target_link_libraries(${target} PRIVATE torch_cpu c10 "${TORCHBRIDGE_NATIVES}/libopenblas.so.0")
  target_link_options(${target} PRIVATE
    -Wl,--no-undefined -Wl,--as-needed -Wl,-rpath-link,${TORCHBRIDGE_NATIVES} -Wl,-O1 -s)
  # The natives are loaded first, by absolute path: the library must not look for them anywhere itself.
  set_target_properties(${target} PROPERTIES SKIP_BUILD_RPATH ON)
endfunction()
