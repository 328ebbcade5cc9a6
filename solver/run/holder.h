/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who holds a lock, as its file says: host, start of the machine, process, a random
 * number, and a beat that counts on while the process lives. */
#ifndef PN_RUN_HOLDER_H
#define PN_RUN_HOLDER_H

enum { PN_HOLDER_WORD = 64 };

/** "host boot pid ticks random since" and, in a line of its own, the beat.  The ticks are
 * the moment the process began: numbers of processes come again. */
struct pn_holder {
    char host[PN_HOLDER_WORD], boot[PN_HOLDER_WORD], since[32];
    long pid;
    unsigned long long began, random, beat;
};

/** This process, with a random number of its own. */
void pn_holder_self(struct pn_holder *self);

/** Write it to an open file.  @return 0; -1 with errno */
int pn_holder_write(int fd, const struct pn_holder *holder);

/** The beat alone, and to the disk, so that other machines see it. */
void pn_holder_write_beat(int fd, unsigned long long beat);

/** Read it.  @return 1; 0: nobody has signed, or the text is of another form */
int pn_holder_read(int fd, struct pn_holder *holder);

/** 1: it is of this start of this machine, whose kernel knows all its locks and
 * processes. */
int pn_holder_is_here(const struct pn_holder *holder);

/** 1: a process of this machine that is alive. */
int pn_holder_lives_here(const struct pn_holder *holder);

/** Watch the files of holders elsewhere: whose beat goes on is alive.  Takes some seconds
 * when none is.
 *  @param[in] path  shape [n]
 *  @return which of them was seen alive first; -1: none */
int pn_holder_watch(const char *const *path, int n, struct pn_holder *alive);

#endif
