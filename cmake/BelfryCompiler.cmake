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
  # CMake would add "-include <absolute path>" too: needless, and different in every clone, which ccache sees.
  set(CMAKE_CXX_COMPILE_OPTIONS_USE_PCH -Xclang -include-pch -Xclang <PCH_FILE>)
  # libstdc++ 12's own stable_sort calls what it deprecates itself. A designated initializer names what it
  # sets on purpose.
  target_compile_options(belfry_options INTERFACE -Wno-deprecated-declarations
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-missing-designated-field-initializers>
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
  # No leniency about times of headers: one that is edited while it is being compiled would be remembered with the
  # object of its former text.
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_PCH_EXTSUM=1 ${BELFRY_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
endif()

# A precompiled header holds absolute paths, so ccache would find nothing in a second clone. It takes
# "<file>.sum" for the header's identity instead: the text of all that is in it.
function(belfry_name_precompiled_header target header)
  if(NOT BELFRY_CCACHE)
    return()
  endif()
  set(library ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${target}.dir/cmake_pch.hxx)
  execute_process(
    COMMAND ${CMAKE_CXX_COMPILER} -std=c++${CMAKE_CXX_STANDARD} -E -P -include ${header} -x c++ /dev/null
    OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  string(SHA256 sum "${CMAKE_CXX_COMPILER_VERSION} ${text}")
  file(CONFIGURE OUTPUT ${library}.pch.sum CONTENT "${sum}")
  file(CONFIGURE OUTPUT ${library}.gch.sum CONTENT "${sum}")
  # What of it can change below us: our own list, and the packages of the standard library and GoogleTest.
  file(GLOB packages /usr/include/*/c++/*/bits/c++config.h /usr/include/gtest/gtest.h)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header} ${packages})
endfunction()
