# SPDX-License-Identifier: GPL-3.0-or-later
# Copy public headers into one folder, with their includes of each other by that folder:
# cmake -DHEADERS="solver/base/lane.h;..." -DSOURCE=... -DOUT=.../include/pneuma -P headers.cmake
foreach(header ${HEADERS})
  get_filename_component(name ${header} NAME)
  file(READ ${SOURCE}/${header} text)
  string(REGEX REPLACE "#include \"[a-z_/]*/([a-z_]+\\.h)\"" "#include <pneuma/\\1>" text "${text}")
  file(WRITE ${OUT}/${name} "${text}")
endforeach()
