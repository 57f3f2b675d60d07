# A sanitized library needs the sanitizer's runtime loaded before the JVM's own code: tests/asan.sh does that.
function(target_enable_sanitizers target)
  if(TORCHBRIDGE_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=address -fno-omit-frame-pointer -g)
    target_link_options(${target} PRIVATE -fsanitize=address)
  endif()
endfunction()
