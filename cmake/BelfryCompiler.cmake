# Flags that every Belfry target shares. Hardening stays on in release (docs/trust rule D4).
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

add_library(belfry_options INTERFACE)
target_compile_options(belfry_options INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Werror -Werror=switch
  -fstack-protector-strong -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
target_compile_definitions(belfry_options INTERFACE
  _GLIBCXX_ASSERTIONS BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)
target_link_libraries(belfry_options INTERFACE Threads::Threads)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  # libstdc++ 12's own stable_sort calls what it deprecates itself.
  target_compile_options(belfry_options INTERFACE -Wno-deprecated-declarations
    $<$<COMPILE_LANGUAGE:CXX>:-ftrivial-auto-var-init=zero>
    $<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>)
else()
  target_compile_options(belfry_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess> $<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized>
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-missing-field-initializers>)
endif()

if(BELFRY_SANITIZE)
  target_compile_options(belfry_options INTERFACE
    -fsanitize=${BELFRY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(belfry_options INTERFACE -fsanitize=${BELFRY_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_definitions(belfry_options INTERFACE _FORTIFY_SOURCE=3)
endif()
if(BELFRY_FUZZ)
  target_compile_options(belfry_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
target_link_options(belfry_options INTERFACE -Wl,-z,relro,-z,now)

find_program(BELFRY_MOLD mold)
if(BELFRY_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
find_program(BELFRY_CCACHE ccache)
if(BELFRY_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${BELFRY_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
endif()
