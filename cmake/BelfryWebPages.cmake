# belfry_web_pages(<dist folder> <output folder>): writes web_pages.cpp (a table of files) and web_pages_bytes.S (their
# bytes, by .incbin) at configure time. The table is empty when the pages have not been built.
function(belfry_web_pages dist output)
  file(MAKE_DIRECTORY ${output})
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${dist} ${dist}/*)
  list(SORT files)
  set(table "")
  set(externs "")
  set(bytes "  .section .rodata\n")
  set(index 0)
  foreach(file IN LISTS files)
    belfry_content_type(${file} type)
    file(SHA256 ${dist}/${file} hash)
    string(SUBSTRING ${hash} 0 20 etag)
    file(SIZE ${dist}/${file} size)
    string(APPEND externs "extern const char belfry_web_page_${index}[];\n")
    string(APPEND table
      "      {\"/${file}\", \"${type}\", {belfry_web_page_${index}, ${size}}, \"\\\"${etag}\\\"\"},\n")
    string(APPEND bytes "  .global belfry_web_page_${index}\nbelfry_web_page_${index}:\n  .incbin \"${dist}/${file}\"\n")
    math(EXPR index "${index} + 1")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${dist}/${file})
  endforeach()
  string(APPEND bytes "  .section .note.GNU-stack,\"\",@progbits\n")
  file(CONFIGURE OUTPUT ${output}/web_pages.cpp @ONLY CONTENT
"// Made by CMake from web/dist.
#include \"server/web_pages.hpp\"

extern \"C\" {
@externs@}

namespace belfry::server {

std::span<const http::StaticFile> web_pages() {
  static const std::vector<http::StaticFile> files = {
@table@  };
  return files;
}

}  // namespace belfry::server
")
  file(CONFIGURE OUTPUT ${output}/web_pages_bytes.S @ONLY CONTENT "@bytes@")
endfunction()

function(belfry_content_type file out)
  get_filename_component(extension ${file} LAST_EXT)
  set(types
    .html "text/html\; charset=utf-8" .js "text/javascript\; charset=utf-8" .css "text/css\; charset=utf-8"
    .svg image/svg+xml .png image/png .ico image/x-icon .json application/json .woff2 font/woff2
    .txt "text/plain\; charset=utf-8" .webmanifest application/manifest+json .map application/json)
  list(FIND types "${extension}" at)
  if(at EQUAL -1)
    set(${out} application/octet-stream PARENT_SCOPE)
    return()
  endif()
  math(EXPR at "${at} + 1")
  list(GET types ${at} type)
  set(${out} "${type}" PARENT_SCOPE)
endfunction()
