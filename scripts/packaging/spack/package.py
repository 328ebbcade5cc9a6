# SPDX-License-Identifier: GPL-3.0-or-later
"""Spack recipe, written to Spack's packaging guide; not yet tried with Spack itself.

Put it into a repository of your own:
  spack repo create ~/pneuma-repo && mkdir -p ~/pneuma-repo/packages/pneuma
  cp package.py ~/pneuma-repo/packages/pneuma/ && spack repo add ~/pneuma-repo
  spack dev-build pneuma@main        # in a checkout
"""
from spack.package import *


class Pneuma(CMakePackage):
    """Virtual asthma patients, from the dose to the spirometer: an MPI-parallel engine."""

    license("GPL-3.0-or-later")

    version("main")  # of a checkout, by spack dev-build

    depends_on("c", type="build")
    depends_on("cmake@3.20:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("bash", type="build")
    depends_on("mpi@3.1:")
    depends_on("hdf5@1.10:1+hl~mpi")  # one process assembles the result
    depends_on("sundials@6")
    depends_on("gsl@2.7:")
    depends_on("libyaml")
    depends_on("jansson@2.11:")
    depends_on("expat@2.4:")
    depends_on("readstat")
    depends_on("openssl@3:")  # libcrypto: digests
    depends_on("sleef")
    depends_on("udunits")
    depends_on("random123")
    depends_on("zlib-api")

    # the instruction set is chosen by the loader among the two that are built
    requires("target=x86_64:")
    conflicts("%gcc@:10")

    generator("ninja")

    def cmake_args(self):
        return [self.define("PNEUMA_TESTS", False)]

    def test_small_study(self):
        """a study of ten patients"""
        program = which(self.prefix.bin.pneuma)
        inputs = join_path(self.prefix.share, "pneuma", "inputs")
        program("run", join_path(inputs, "first.yaml"), "--out", "first.h5", "--quiet")
