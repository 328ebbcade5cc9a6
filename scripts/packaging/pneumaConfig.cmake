# SPDX-License-Identifier: GPL-3.0-or-later
# find_package(pneuma) gives the target pneuma::pneuma, and
#   pneuma_add_plugin(NAME SOURCE...)   NAME.so of components, for both widths of a lane
get_filename_component(pneuma_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(NOT TARGET pneuma::pneuma)
  add_library(pneuma::pneuma SHARED IMPORTED)
  set_target_properties(pneuma::pneuma PROPERTIES
    IMPORTED_LOCATION "${pneuma_prefix}/lib/libpneuma.so" IMPORTED_SONAME libpneuma.so.0
    INTERFACE_INCLUDE_DIRECTORIES "${pneuma_prefix}/include")
endif()

function(pneuma_add_plugin name)
  foreach(width v3 v4)
    add_library(${name}_${width} OBJECT ${ARGN})
    set_target_properties(${name}_${width} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_include_directories(${name}_${width} PRIVATE
      $<TARGET_PROPERTY:pneuma::pneuma,INTERFACE_INCLUDE_DIRECTORIES>)
    target_compile_options(${name}_${width} PRIVATE -march=x86-64-${width} -ffp-contract=off
      -fno-math-errno -fno-trapping-math -Wno-psabi)
  endforeach()
  target_compile_options(${name}_v4 PRIVATE -mprefer-vector-width=512)
  add_library(${name} MODULE $<TARGET_OBJECTS:${name}_v3> $<TARGET_OBJECTS:${name}_v4>)
  set_target_properties(${name} PROPERTIES PREFIX "" LINKER_LANGUAGE C)
endfunction()
