/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics of a result as CSV. */
#include <float.h>
#include <math.h>

#include "solver/base/status.h"
#include "solver/inspect/statistics_result.h"
#include "solver/inspect/whole_file.h"
#include "solver/text/csv_put.h"

static void put_count(FILE *stream, size_t n)
{
    fprintf(stream, ",%zu", n);
}

static void put_text(FILE *stream, const char *text)
{
    putc(',', stream);
    pn_csv_put_text(stream, text);
}

/* missing is empty */
static void put_number(FILE *stream, double number)
{
    putc(',', stream);
    if (!isnan(number))
        pn_csv_put_number(stream, number);
}

/* Of numbers of this size so much may be rounding of them: not a difference. */
static double noise_of(const struct pn_statistics_row *row)
{
    double size = fmax(fabs(row->least), fabs(row->most));

    size = isnan(size) ? fabs(row->mean) : size;
    return 64.0 * DBL_EPSILON * (row->is_log ? 1.0 + fabs(log(size)) : size);
}

/* Zero, or one of ratios, where nothing but rounding is there; an interval of nothing but
 * rounding is a point. */
static struct pn_mean_difference without_noise(struct pn_mean_difference effect,
                                               double noise, int is_ratio)
{
    double none = is_ratio ? 1.0 : 0.0;

    noise = is_ratio ? fmax(noise, 64.0 * DBL_EPSILON) : noise;
    if (fabs(effect.value - none) <= noise)
        effect.value = none;
    if (effect.sd <= noise) {
        effect.sd = 0.0;
        effect.low = effect.high = effect.value;
    }
    return effect;
}

static void put_effect(FILE *stream, const struct pn_mean_difference *effect)
{
    put_count(stream, effect->n);
    put_number(stream, effect->value);
    put_number(stream, effect->sd);
    put_number(stream, effect->low);
    put_number(stream, effect->high);
}

static void put_head(FILE *stream)
{
    fputs("output,unit,over,time "
          "[h],place,point,arm,scale,n,n_failed,mean,mean_low,mean_high,sd,se,least",
          stream);
    for (int q = 0; q < PN_QUARTILES; q++)
        fprintf(stream, ",q%02.0f", 100.0 * pn_quartile_share[q]);
    fputs(",most,change_n,change,change_sd,change_low,change_high,against,contrast_n,"
          "contrast,contrast_sd,contrast_low,contrast_high,responders\r\n",
          stream);
}

static int put_row(void *user, const struct pn_statistics_row *row)
{
    FILE *stream = user;
    double noise = noise_of(row);
    int is_ratio = row->is_log || row->is_ratio, is_point = row->sd <= noise;
    struct pn_mean_difference change = without_noise(row->change, noise, row->is_log),
                              contrast = without_noise(row->contrast, noise, is_ratio);

    pn_csv_put_text(stream, row->output);
    put_text(stream, row->unit);
    put_text(stream, row->over);
    put_number(stream, row->time);
    put_number(stream, row->place < 0 ? (double)NAN : (double)row->place);
    put_number(stream, row->point == 0 ? (double)NAN : (double)row->point);
    put_text(stream, row->arm ? row->arm : "");
    put_text(stream, row->is_log ? "log" : "linear");
    put_count(stream, row->n);
    put_count(stream, row->n_failed);
    put_number(stream, row->mean);
    put_number(stream, is_point ? row->mean : row->low);
    put_number(stream, is_point ? row->mean : row->high);
    put_number(stream, is_point ? 0.0 : row->sd);
    put_number(stream, is_point ? 0.0 : row->se);
    put_number(stream, row->least);
    for (int q = 0; q < PN_QUARTILES; q++)
        put_number(stream, row->quantile[q]);
    put_number(stream, row->most);
    put_effect(stream, &change);
    put_text(stream, row->against ? row->against : "");
    put_effect(stream, &contrast);
    put_number(stream, row->responders);
    fputs("\r\n", stream);
    return ferror(stream) ? PN_FAIL(PN_ERR_IO, "cannot write the statistics") : PN_OK;
}

static int write_rows(void *user, FILE *stream)
{
    const struct pn_statistics_options *options = user;

    put_head(stream);
    return pn_statistics_walk(options, put_row, stream);
}

int pn_statistics(const struct pn_statistics_options *options, FILE *stream)
{
    struct pn_statistics_options own = *options;
    int status;

    if (options->csv)
        return pn_whole_file(options->result, "--csv", options->csv, write_rows, &own);
    status = write_rows(&own, stream);
    return status == PN_OK ? pn_flush(stream, "the statistics") : status;
}
