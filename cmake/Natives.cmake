# Links a target against the natives that were unpacked from the presets' jars. --no-undefined makes the linker prove
# that every signature declared in libtorch_abi.h is one that libtorch exports.
find_path(JNI_HEADERS jni.h HINTS "${TORCHBRIDGE_JAVA_HOME}/include" "${TORCHBRIDGE_JAVA_HOME}/../include" REQUIRED
  NO_DEFAULT_PATH)

# The file of that name below TORCHBRIDGE_NATIVES, in whichever platform's folder.
function(find_native result name)
  file(GLOB_RECURSE found "${TORCHBRIDGE_NATIVES}/${name}")
  list(LENGTH found count)
  if(NOT count EQUAL 1)
    message(FATAL_ERROR "expected one ${name} below ${TORCHBRIDGE_NATIVES}, found: ${found}")
  endif()
  set(${result} "${found}" PARENT_SCOPE)
endfunction()

find_native(LIBTORCH_CPU libtorch_cpu.so)
find_native(LIBC10 libc10.so)
find_native(LIBOPENBLAS libopenblas.so.0)

function(target_link_natives target)
  get_filename_component(torch_folder "${LIBTORCH_CPU}" DIRECTORY)
  get_filename_component(openblas_folder "${LIBOPENBLAS}" DIRECTORY)
  target_include_directories(${target} SYSTEM PRIVATE "${JNI_HEADERS}" "${JNI_HEADERS}/linux")
  # OpenBLAS is used through weak symbols alone, which --as-needed would not count as a need.
  target_link_libraries(${target} PRIVATE "${LIBTORCH_CPU}" "${LIBC10}"
    -Wl,--push-state,--no-as-needed "${LIBOPENBLAS}" -Wl,--pop-state)
  target_link_options(${target} PRIVATE
    -Wl,--no-undefined -Wl,--as-needed -Wl,-rpath-link,${torch_folder}:${openblas_folder} -Wl,-O1 -s)
  # The natives are loaded first, by absolute path: the library must not look for them anywhere itself.
  set_target_properties(${target} PROPERTIES SKIP_BUILD_RPATH ON)
endfunction()
