/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread takes no signals and shares nothing but the file and its end. */
#include "solver/run/beat.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "solver/run/holder.h"

struct pn_beat {
    int fd, ends;
    pthread_t thread;
    pthread_mutex_t mutex; /* of `ends` */
    pthread_cond_t woken;
};

static void add_half_second(struct timespec *time)
{
    time->tv_nsec += 500000000;
    time->tv_sec += time->tv_nsec / 1000000000;
    time->tv_nsec %= 1000000000;
}

static void *count(void *user)
{
    struct pn_beat *beat = user;
    struct timespec next;

    clock_gettime(CLOCK_MONOTONIC, &next);
    pthread_mutex_lock(&beat->mutex);
    for (unsigned long long n = 1; !beat->ends; n++) {
        add_half_second(&next);
        while (!beat->ends &&
               pthread_cond_timedwait(&beat->woken, &beat->mutex, &next) == 0)
            continue;
        if (!beat->ends)
            pn_holder_write_beat(beat->fd, n);
        clock_gettime(CLOCK_MONOTONIC, &next); /* a slow disk is not hurried */
    }
    pthread_mutex_unlock(&beat->mutex);
    return NULL;
}

static int start_thread(struct pn_beat *beat)
{
    pthread_condattr_t clock;
    sigset_t all, before;
    int failed;

    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&beat->mutex, NULL);
    pthread_cond_init(&beat->woken, &clock);
    pthread_condattr_destroy(&clock);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&beat->thread, NULL, count, beat);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

struct pn_beat *pn_beat_start(int fd)
{
    struct pn_beat *beat = calloc(1, sizeof *beat);

    if (!beat)
        return NULL;
    beat->fd = fd;
    if (start_thread(beat) != 0) {
        free(beat);
        beat = NULL;
    }
    return beat;
}

void pn_beat_stop(struct pn_beat **beat)
{
    struct pn_beat *b = *beat;

    if (!b)
        return;
    pthread_mutex_lock(&b->mutex);
    b->ends = 1;
    pthread_cond_signal(&b->woken);
    pthread_mutex_unlock(&b->mutex);
    pthread_join(b->thread, NULL);
    pthread_cond_destroy(&b->woken);
    pthread_mutex_destroy(&b->mutex);
    free(b);
    *beat = NULL;
}
