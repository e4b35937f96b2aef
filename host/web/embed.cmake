# Bundles the pages (host/web/pages, with node and esbuild) and puts them into the program: makes
# assets.cpp, which defines what pages.h declares as scrip::web::built_assets(). Without node, or
# before `npm ci` was run in that folder, the program is built all the same and has no pages.
set(SCRIP_PAGES AUTO CACHE STRING "Build the pages: AUTO (when node and host/web/pages/node_modules are there), ON or OFF")

function(embed_pages target folder)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${target}_assets)
  set(lacking "")
  if(SCRIP_PAGES STREQUAL "OFF")
    set(lacking "SCRIP_PAGES is OFF")
  else()
    find_program(NODE NAMES node nodejs)
    mark_as_advanced(NODE)
    # Asked for anew each time: they come and go without CMake hearing of it.
    if(NOT NODE)
      set(lacking "there is no node")
    else()
      execute_process(COMMAND ${NODE} --version OUTPUT_VARIABLE version ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
      string(REGEX REPLACE "^v" "" version "${version}")
      if(NOT version VERSION_GREATER_EQUAL 18)
        set(lacking "node is older than 18")
      elseif(NOT EXISTS ${folder}/node_modules/esbuild)
        set(lacking "npm ci was not run in host/web/pages")
      endif()
    endif()
  endif()

  if(lacking)
    if(SCRIP_PAGES STREQUAL "ON")
      message(FATAL_ERROR "The pages cannot be built: ${lacking}.")
    endif()
    message(STATUS "The program is built without its pages: ${lacking}.")
    file(CONFIGURE OUTPUT ${generated}.none.cpp CONTENT [[
#include "web/pages.h"

namespace scrip::web {

std::span<const Asset> built_assets() {
  return {};
}

}  // namespace scrip::web
]] @ONLY)
    target_sources(${target} PRIVATE ${generated}.none.cpp)
    return()
  endif()

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/src/*)
  add_custom_command(OUTPUT ${generated}.cpp
    COMMAND ${NODE} ${folder}/build.mjs ${generated} ${generated}.cpp
    DEPENDS ${sources} ${folder}/build.mjs ${folder}/html.mjs ${folder}/package-lock.json
    COMMENT "Bundling the pages" VERBATIM)
  target_sources(${target} PRIVATE ${generated}.cpp)
endfunction()
