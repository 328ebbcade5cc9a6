/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a component that was compiled elsewhere says of itself, so that a library of
 * another shape refuses it before it calls it. */
#ifndef PN_BASE_ABI_H
#define PN_BASE_ABI_H

#include "solver/base/component.h"

/** Counts up with every change of component.h, lane.h or this file after which an object
 * that was compiled before would misread or be misread. */
#define PN_ABI_VERSION 1

/** Stands first in what a plug-in exports; never changes its own form. */
struct pn_abi {
    uint32_t version;   /* PN_ABI_VERSION */
    uint32_t lanes;     /* PN_LANES */
    uint32_t alignment; /* of pn_lane [byte] */
    uint32_t component; /* size of struct pn_component [byte] */
    uint32_t quantity;  /* size of struct pn_quantity [byte] */
    uint32_t reserved;  /* 0 */
};

#define PN_ABI                                                                           \
    {                                                                                    \
        PN_ABI_VERSION, PN_LANES, _Alignof(pn_lane), sizeof(struct pn_component),        \
            sizeof(struct pn_quantity), 0                                                \
    }

/** What a shared object holds: its components, ends with NULL. */
struct pn_plugin {
    struct pn_abi abi;
    const struct pn_component *const *components;
};

/* The symbol carries the lane width, so that one file can hold the code for both. */
#ifdef __AVX512F__
#define PN_PLUGIN_NAME pn_plugin_8
#else
#define PN_PLUGIN_NAME pn_plugin_4
#endif

/** Once in a plug-in, with the addresses of its components: PN_PLUGIN(&mine, &other); */
#define PN_PLUGIN(...)                                                                   \
    static const struct pn_component *const pn_plugged[] = {__VA_ARGS__, NULL};          \
    extern PN_API const struct pn_plugin PN_PLUGIN_NAME;                                 \
    PN_API const struct pn_plugin PN_PLUGIN_NAME = {.abi = PN_ABI,                       \
                                                    .components = pn_plugged}

#endif
