# belfry_module(<name> SOURCES ... DEPENDS ... [LIBRARIES ...] [TESTS ...] [TEST_DEPENDS ...] [OWN_PCH])
#
# One folder is one library. It sees its own headers and those of the folders named in DEPENDS, because each
# folder has an include root of its own (<build>/include-roots/<name>/<name> -> the source folder): a wrong
# include is "no such file". LIBRARIES are third-party targets, private to the folder unless after PUBLIC.
# A nested folder (gateway/sip) is named "gateway/sip", its target belfry_gateway_sip.
# The standard library is precompiled once for all modules and once for all tests; a module with language
# flags of its own (say -ffast-math) says OWN_PCH.

set(BELFRY_INCLUDE_ROOTS ${CMAKE_BINARY_DIR}/include-roots)

function(belfry_target_name module out)
  string(REPLACE "/" "_" flat ${module})
  set(${out} belfry_${flat} PARENT_SCOPE)
endfunction()

function(belfry_include_root module)
  set(link ${BELFRY_INCLUDE_ROOTS}/${module}/${module})
  get_filename_component(parent ${link} DIRECTORY)
  file(MAKE_DIRECTORY ${parent})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${link} SYMBOLIC)
endfunction()

file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/pch/empty.cpp CONTENT "")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/pch/main.cpp CONTENT "int main() {}\n")
add_library(belfry_pch OBJECT ${CMAKE_BINARY_DIR}/pch/empty.cpp)
target_link_libraries(belfry_pch PRIVATE belfry_options)
target_precompile_headers(belfry_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/std.hpp)
if(BELFRY_TESTS)
  # A program, not a library: the tests are compiled with -fpie.
  add_executable(belfry_test_pch ${CMAKE_BINARY_DIR}/pch/main.cpp)
  target_link_libraries(belfry_test_pch PRIVATE belfry_options GTest::gmock GTest::gtest)
  target_precompile_headers(belfry_test_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/test.hpp)
endif()

function(belfry_module name)
  cmake_parse_arguments(ARG "OWN_PCH" "" "SOURCES;DEPENDS;LIBRARIES;TESTS;TEST_DEPENDS;TEST_LIBRARIES" ${ARGN})
  belfry_target_name(${name} target)
  belfry_include_root(${name})
  if(NOT ARG_SOURCES)
    message(FATAL_ERROR "${name}: a module needs SOURCES")
  endif()
  add_library(${target} STATIC ${ARG_SOURCES})
  target_include_directories(${target} PUBLIC ${BELFRY_INCLUDE_ROOTS}/${name})
  target_link_libraries(${target} PUBLIC belfry_options)
  foreach(dependency IN LISTS ARG_DEPENDS)
    belfry_target_name(${dependency} dependency_target)
    if(NOT TARGET ${dependency_target})
      message(FATAL_ERROR "${name} may not use ${dependency}: it does not stand below it")
    endif()
    # Not transitive by accident: the archive is linked, the headers of what it uses come along with it,
    # because public headers name those types.
    target_link_libraries(${target} PUBLIC ${dependency_target})
  endforeach()
  if(ARG_LIBRARIES)
    target_link_libraries(${target} PRIVATE ${ARG_LIBRARIES})
  endif()
  if(ARG_OWN_PCH)
    target_precompile_headers(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:${CMAKE_SOURCE_DIR}/cmake/std.hpp>)
  else()
    target_precompile_headers(${target} REUSE_FROM belfry_pch)
  endif()
  if(BELFRY_TESTS AND ARG_TESTS)
    add_executable(${target}_test ${ARG_TESTS})
    target_link_libraries(${target}_test PRIVATE ${target} GTest::gmock GTest::gtest_main ${ARG_TEST_LIBRARIES})
    foreach(dependency IN LISTS ARG_TEST_DEPENDS)
      belfry_target_name(${dependency} dependency_target)
      target_link_libraries(${target}_test PRIVATE ${dependency_target})
    endforeach()
    target_precompile_headers(${target}_test REUSE_FROM belfry_test_pch)
    add_test(NAME ${name} COMMAND ${target}_test)
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300)
  endif()
endfunction()
