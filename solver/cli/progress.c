/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a run is, on stderr. */
#include <stdio.h>
#include <unistd.h>

#include "solver/base/clock.h"
#include "solver/cli/cli.h"

void pn_progress_start(struct pn_progress *progress, size_t n, size_t n_patients,
                       size_t before, int quiet)
{
    *progress = (struct pn_progress){.n = n,
                                     .each = n_patients > 0 ? n / n_patients : 1,
                                     .before = before,
                                     .start = pn_seconds(),
                                     .terminal = isatty(STDERR_FILENO),
                                     .quiet = quiet};
    progress->last = progress->start;
    progress->percent = n ? (int)(100 * before / n) : 0;
}

static void format_time(double seconds, char *text, size_t size)
{
    long s = (long)seconds;

    if (s < 3600)
        snprintf(text, size, "%ld:%02ld", s / 60, s % 60);
    else
        snprintf(text, size, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
}

static void draw(const struct pn_progress *progress, size_t done, int percent)
{
    enum { WIDTH = 30 };
    double seconds = pn_seconds() - progress->start;
    size_t n = done > progress->before ? done - progress->before : 0;
    double rate = seconds > 0.0 ? (double)n / seconds : 0.0;
    char bar[WIDTH + 1], remaining[32] = "?";

    if (rate > 0.0)
        format_time((double)(progress->n - done) / rate, remaining, sizeof remaining);
    for (int i = 0; i < WIDTH; i++)
        bar[i] = i < percent * WIDTH / 100 ? '#' : '.';
    bar[WIDTH] = '\0';
    rate /= (double)(progress->each > 0 ? progress->each : 1); /* a patient's lives */
    if (progress->terminal)
        fprintf(stderr, "\r[%s] %3d %%  %zu of %zu lives  %.3g patients/s  %s left   ",
                bar, percent, done, progress->n, rate, remaining);
    else
        fprintf(stderr, "%3d %%  %zu of %zu lives  %.3g patients/s  %s left\n", percent,
                done, progress->n, rate, remaining);
    fflush(stderr);
}

void pn_progress_show(struct pn_progress *progress, size_t done)
{
    int percent = progress->n ? (int)(100 * done / progress->n) : 100;
    double now;

    if (progress->quiet || done > progress->n)
        return;
    now = pn_seconds();
    if (progress->terminal ? now - progress->last < 0.2 : percent < progress->percent + 5)
        return;
    progress->last = now;
    progress->percent = percent;
    draw(progress, done, percent);
}

void pn_progress_end(struct pn_progress *progress)
{
    if (!progress->quiet && progress->terminal)
        fputs("\r\033[K", stderr); /* the summary takes the line */
}
