# SPDX-License-Identifier: GPL-3.0-or-later
# What `cmake --install` puts below any prefix, and the Debian package.  Nothing holds the
# prefix: the program finds its library by $ORIGIN, the module file its root by its place.
include(GNUInstallDirs)
find_program(BASH_PROGRAM bash REQUIRED)
set(packaging ${CMAKE_SOURCE_DIR}/scripts/packaging)

# --- manual pages, made from the help of the program that was just built ---
set(man_stamp ${CMAKE_BINARY_DIR}/man.stamp)
add_custom_command(OUTPUT ${man_stamp}
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${CMAKE_BINARY_DIR}/man
  COMMAND ${BASH_PROGRAM} ${packaging}/make-man $<TARGET_FILE:pneuma> ${CMAKE_BINARY_DIR}/man
  COMMAND ${CMAKE_COMMAND} -E touch ${man_stamp}
  DEPENDS pneuma pneuma_v3 pneuma_v4 ${packaging}/make-man ${packaging}/man/pneuma.mdoc
          ${packaging}/man/pneuma-study.mdoc
  COMMENT "Writing manual pages" VERBATIM)
add_custom_target(man ALL DEPENDS ${man_stamp})

# --- files: bin and lib stand to each other as in the build folder ---
configure_file(${packaging}/modulefile.in ${CMAKE_BINARY_DIR}/modulefile @ONLY)
install(TARGETS pneuma RUNTIME DESTINATION bin)
install(TARGETS pneuma_v3 LIBRARY DESTINATION lib)
install(TARGETS pneuma_v4 LIBRARY DESTINATION lib/glibc-hwcaps/x86-64-v4 NAMELINK_SKIP)
install(DIRECTORY inputs DESTINATION share/pneuma)
install(DIRECTORY scripts/templates DESTINATION share/pneuma)
# the program looks for templates beside itself, in the build folder, too
foreach(template slurm.sh.in pbs.sh.in)
  configure_file(scripts/templates/${template}
    ${CMAKE_BINARY_DIR}/share/pneuma/templates/${template} COPYONLY)
endforeach()
install(DIRECTORY ${CMAKE_BINARY_DIR}/man/ DESTINATION share/man/man1 FILES_MATCHING PATTERN *.1)
install(DIRECTORY ${CMAKE_BINARY_DIR}/man/ DESTINATION share/man/man5 FILES_MATCHING PATTERN *.5)
install(FILES ${packaging}/pneuma.bash DESTINATION share/bash-completion/completions RENAME pneuma)
install(FILES ${CMAKE_BINARY_DIR}/modulefile DESTINATION share/modulefiles/pneuma
  RENAME ${PROJECT_VERSION})
install(FILES README.md CHANGELOG.md LICENSE DESTINATION share/doc/pneuma)

# --- the public face: headers that include each other as pneuma/NAME.h, and how to find it ---
set(public_headers solver/base/api.h solver/base/status.h solver/base/lane.h solver/base/component.h
  solver/base/abi.h solver/text/complaint.h solver/simulate/life.h solver/record/tally.h
  solver/run/part.h solver/run/run.h solver/result/result.h)
install(CODE "
  set(HEADERS \"${public_headers}\")
  set(SOURCE \"${CMAKE_SOURCE_DIR}\")
  set(OUT \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/include/pneuma\")
  include(\"${packaging}/headers.cmake\")")
include(CMakePackageConfigHelpers)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/pneumaConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
configure_file(${packaging}/pneuma.pc.in ${CMAKE_BINARY_DIR}/pneuma.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/pneuma.pc DESTINATION lib/pkgconfig)
install(FILES ${packaging}/pneumaConfig.cmake ${CMAKE_BINARY_DIR}/pneumaConfigVersion.cmake
  DESTINATION lib/cmake/pneuma)

# --- cpack -G DEB, of what was built before (not of the tests, too) ---
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
set(CPACK_PACKAGE_NAME pneuma)
set(CPACK_PACKAGE_VENDOR "The Pneuma authors")
set(CPACK_PACKAGE_CONTACT "The Pneuma authors <pneuma@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "virtual asthma patients, from the dose to the spirometer")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
# libraries by their packages and versions; the launcher is not linked
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_BINARY_DIR}/lib)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libudunits2-data")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "openmpi-bin")
include(CPack)
