/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Assembly of the result file: journals in any order become columns in patient order, a
 * block of patients at a time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "solver/base/status.h"
#include "solver/cohort/cohort.h"
#include "solver/hdf/draft.h"
#include "solver/record/assembly.h"
#include "solver/record/read_back.h"

/* bytes of the two buffers, at least one patient each; a block that stays in the cache of
 * the processor is not slower than a large one */
enum { BLOCK_BYTES = 4 << 20 };

static size_t max_size(size_t a, size_t b)
{
    return a > b ? a : b;
}

static int allocate(struct pn_assembly *a)
{
    const struct pn_trial *trial = a->trial;
    size_t row = max_size(max_size(trial->n_values, trial->study->population.n_variables),
                          1); /* numbers of a patient */
    size_t n_patients = trial->study->population.n_patients;
    size_t widest = 1;

    for (size_t i = 0; i < trial->n_outputs; i++)
        widest = max_size(widest, trial->output[i].n_values);
    widest *= max_size(trial->study->lives.n_quantiles, 1);
    widest = max_size(widest, max_size(trial->most_doses, trial->most_observations));
    a->n_block = max_size(BLOCK_BYTES / (row * sizeof(double)), 1);
    a->n_block = a->n_block < n_patients ? a->n_block : max_size(n_patients, 1);
    a->n_buffer = max_size(a->n_block, 1) * widest * sizeof(double);
    a->life = malloc(a->n_block * sizeof *a->life);
    a->values = malloc(a->n_block * row * sizeof *a->values);
    a->buffer = malloc(a->n_buffer);
    if (!a->life || !a->values || !a->buffer)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory to assemble the result");
    return PN_OK;
}

/* the points' numbers and what each gives to the factors */
static int write_points(struct pn_assembly *a)
{
    const struct pn_points *points = a->trial->points;
    int64_t *number = calloc(points->n, sizeof *number);
    double *value = calloc(points->n, sizeof *value);
    int status = PN_OK;

    if (!number || !value) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the points of the design");
        goto out;
    }
    for (size_t i = 0; i < points->n; i++)
        number[i] = (int64_t)i + 1;
    PN_TRY(pn_column_write(&a->hdf, a->layout.point, 0, points->n, number));
    for (size_t k = 0; k < points->n_factors; k++) {
        for (size_t i = 0; i < points->n; i++)
            value[i] = pn_point(points, i)[k];
        PN_TRY(pn_column_write(&a->hdf, &a->layout.factor[k], 0, points->n, value));
    }
out:
    free(number);
    free(value);
    return status;
}

static int write_coordinates(struct pn_assembly *a)
{
    const struct pn_study *study = a->trial->study;
    size_t n_patients = study->population.n_patients;
    int64_t *id = a->buffer;
    double *time = malloc((study->n_visits + 1) * sizeof *time);
    int status = PN_OK;

    if (!time)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the times of visits");
    for (size_t v = 0; v < study->n_visits; v++)
        time[v] = study->visit[v].time;
    if (a->layout.time)
        PN_TRY(
            pn_column_write(&a->hdf, a->layout.time, 0, study->n_outputs, study->output));
    if (a->layout.point)
        PN_TRY(write_points(a));
    if (a->layout.quantile)
        PN_TRY(pn_column_write(&a->hdf, a->layout.quantile, 0, study->lives.n_quantiles,
                               study->lives.quantile));
    for (size_t k = 0; a->layout.kept && k < a->layout.n_kept; k++) {
        int64_t kept = pn_cohort_id(&study->population, a->layout.kept[k]);
        PN_TRY(pn_column_write(&a->hdf, a->layout.kept_patient, k, 1, &kept));
    }
    if (a->layout.visit)
        PN_TRY(pn_column_write(&a->hdf, a->layout.visit, 0, study->n_visits, time));
    for (size_t first = 0, n; first < n_patients; first += n) {
        n = n_patients - first < a->n_block ? n_patients - first : a->n_block;
        for (size_t i = 0; i < n; i++)
            id[i] = pn_cohort_id(&study->population, first + i);
        PN_TRY(pn_column_write(&a->hdf, a->layout.patient, first, n, id));
    }
out:
    free(time);
    return status;
}

/* How often n patients were drawn again at a point, in any arm: all who got so far are
 * the same there. */
static int read_redrawn(struct pn_assembly *a, size_t point, size_t first, size_t n,
                        uint64_t *redrawn)
{
    const struct pn_study *study = a->trial->study;
    const int64_t *number = a->buffer;
    int status = PN_OK;

    memset(redrawn, 0, n * sizeof *redrawn);
    for (size_t arm = 0; arm < study->n_arms; arm++) {
        struct pn_job job = {.point = point, .arm = arm, .patient = first};

        PN_TRY(pn_column_read(&a->hdf, &a->layout.outcome[PN_OUTCOME_N_REDRAWN],
                              pn_layout_row(study, job), n, a->buffer));
        for (size_t i = 0; i < n; i++) {
            if (number[i] > 0 && (uint64_t)number[i] > redrawn[i])
                redrawn[i] = (uint64_t)number[i];
        }
    }
out:
    return status;
}

/* who the patients are: drawn again, which costs less than carrying it through journals
 */
static int write_variables_at(struct pn_assembly *a, size_t point)
{
    const struct pn_study *study = &a->view->study;
    const struct pn_population *population = &study->population;
    size_t n_variables = population->n_variables, n_written = 0;
    double *column = a->buffer;
    uint64_t *redrawn = calloc(a->n_block + 1, sizeof *redrawn);
    int status = PN_OK, bad;

    if (!redrawn)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t v = 0; v < n_variables; v++)
        n_written += point == 0 || pn_design_varies(study, v);
    for (size_t first = 0, n; n_written > 0 && first < population->n_patients;
         first += n) {
        n = population->n_patients - first;
        n = n < a->n_block ? n : a->n_block;
        PN_TRY(read_redrawn(a, point, first, n, redrawn));
        /* a value out of range is the patient's status; here it is shown as drawn */
        for (size_t i = 0; i < n && n_variables > 0; i++)
            pn_cohort_redraw(population, study->seed, first + i, redrawn[i],
                             a->values + i * n_variables, &bad);
        for (size_t v = 0; v < n_variables; v++) {
            if (point > 0 && !pn_design_varies(study, v))
                continue;
            for (size_t i = 0; i < n; i++)
                column[i] = a->values[i * n_variables + v];
            PN_TRY(pn_column_write(&a->hdf, &a->layout.variable[v],
                                   point * population->n_patients + first, n, column));
        }
    }
out:
    free(redrawn);
    return status;
}

static int write_variables(struct pn_assembly *a)
{
    int status = PN_OK;

    for (size_t point = 0; point < a->trial->points->n; point++) {
        pn_study_view_set(a->view, pn_point(a->trial->points, point));
        PN_TRY(write_variables_at(a, point));
    }
out:
    return status;
}

/* how many of an output's values the i-th patient of the block, who is patient
 * first + i, has */
static size_t count_values(const struct pn_assembly *a, const struct pn_output *output,
                           size_t first, size_t i)
{
    if (output->over == PN_OVER_DOSES)
        return pn_list_doses(&a->life[i]);
    if (output->over == PN_OVER_OBSERVATIONS)
        return pn_list_observations(a->trial->study, first + i);
    return output->n_values;
}

/* one output of lives i … i + n - 1 of the block side by side.  NaN is written with one
 * pattern of bits: the sign of a computed NaN depends on the compiler.  @return numbers
 */
static size_t gather(const struct pn_assembly *a, const struct pn_output *output,
                     size_t first, size_t begin, size_t n)
{
    size_t n_values = a->trial->n_values, k = 0;
    double *column = a->buffer;

    for (size_t i = begin; i < begin + n; i++) {
        const double *from = a->values + i * n_values + output->first;
        size_t n_own = count_values(a, output, first, i);

        for (size_t j = 0; j < n_own; j++, k++)
            column[k] = isnan(from[j]) ? (double)NAN : from[j];
    }
    return k;
}

/* an output of those of n lives that are kept */
static int write_kept(struct pn_assembly *a, size_t i_output, struct pn_job first,
                      size_t n)
{
    const struct pn_layout *layout = &a->layout;
    size_t cell = first.point * a->trial->study->n_arms + first.arm;
    int status = PN_OK;

    for (size_t k = 0; k < layout->n_kept; k++) {
        size_t i = layout->kept[k];
        if (i < first.patient || i >= first.patient + n)
            continue;
        gather(a, &a->trial->output[i_output], first.patient, i - first.patient, 1);
        PN_TRY(pn_column_write(&a->hdf, &a->layout.output[i_output],
                               cell * layout->n_kept + k, 1, a->buffer));
    }
out:
    return status;
}

/* an output of n lives of an arm at a point, from patient first.patient on */
static int write_output(struct pn_assembly *a, size_t i_output, struct pn_job first,
                        size_t n)
{
    const struct pn_study *study = a->trial->study;
    const struct pn_output *output = &a->trial->output[i_output];
    struct pn_column *column = &a->layout.output[i_output];
    size_t cell = first.point * study->n_arms + first.arm, n_numbers;

    if (a->layout.kept)
        return write_kept(a, i_output, first, n);
    n_numbers = gather(a, output, first.patient, 0, n);

    if (output->over == PN_OVER_DOSES) {
        if (column->type != H5T_NATIVE_DOUBLE &&
            H5Tconvert(H5T_NATIVE_DOUBLE, column->type, n_numbers, a->buffer, NULL,
                       H5P_DEFAULT) < 0)
            return pn_hdf_fail(&a->hdf, "convert", column->name);
        return pn_column_write(&a->hdf, column, a->next_dose, n_numbers, a->buffer);
    }
    if (output->over == PN_OVER_OBSERVATIONS)
        return pn_column_write(&a->hdf, column,
                               cell * a->layout.lists.n_observations + a->next_obs,
                               n_numbers, a->buffer);
    return pn_column_write(&a->hdf, column, pn_layout_row(study, first), n, a->buffer);
}

/* what says whose the doses of a block are */
static int write_doses(struct pn_assembly *a, struct pn_job first, size_t n)
{
    size_t n_doses = 0;
    int status = PN_OK;

    if (a->layout.lists.n_doses == 0)
        return PN_OK;
    for (size_t i = 0; i < n; i++)
        n_doses += pn_list_doses(&a->life[i]);
    for (int c = PN_LIST_DOSE; c <= PN_LIST_DOSE_PATIENT; c++) {
        if (a->layout.list[c].dataset < 0)
            continue;
        pn_list_pack_doses((enum pn_list_column)c, a->life, first, n, a->next_dose,
                           a->buffer);
        PN_TRY(pn_column_write(&a->hdf, &a->layout.list[c], a->next_dose, n_doses,
                               a->buffer));
    }
    a->next_dose += n_doses;
out:
    return status;
}

/* how many observations patients `first` … first + n - 1 have */
static size_t count_observations(const struct pn_assembly *a, size_t first, size_t n)
{
    size_t n_observations = 0;

    if (a->layout.lists.n_observations == 0)
        return 0;
    for (size_t i = first; i < first + n; i++)
        n_observations += pn_list_observations(a->trial->study, i);
    return n_observations;
}

/* the observations themselves are the same in every arm */
static int write_observations(struct pn_assembly *a)
{
    const struct pn_study *study = a->trial->study;
    size_t n_patients = study->population.n_patients, row = 0;
    int status = PN_OK;

    if (a->layout.lists.n_observations == 0)
        return PN_OK;
    for (size_t first = 0, n; first < n_patients; first += n) {
        size_t n_rows;

        n = n_patients - first < a->n_block ? n_patients - first : a->n_block;
        n_rows = count_observations(a, first, n);
        for (int c = PN_LIST_OBS; c <= PN_LIST_OBS_LIMIT; c++) {
            if (a->layout.list[c].dataset < 0)
                continue;
            pn_list_pack_observations((enum pn_list_column)c, study, first, n, row,
                                      a->buffer);
            PN_TRY(pn_column_write(&a->hdf, &a->layout.list[c], row, n_rows, a->buffer));
        }
        row += n_rows;
    }
out:
    return status;
}

static int read_block(struct pn_assembly *a, struct pn_job first, size_t n)
{
    struct pn_tally *tally = a->tally;
    size_t job = (size_t)pn_trial_job_number(a->trial, first);
    size_t row = pn_layout_row(a->trial->study, first);

    for (size_t i = 0; i < n; i++) {
        struct pn_life *life = &a->life[i];
        int status;

        life->values = a->values + i * a->trial->n_values;
        status = pn_journal_reader_get(&a->reader, job + i, life);
        if (status != PN_OK)
            return status;
        tally->n_ok += life->status == PN_OK;
        tally->n_steps += life->n_steps;
        if (life->message[0] && !(a->message[row + i] = strdup(life->message)))
            return PN_FAIL(PN_ERR_MEMORY, "out of memory");
        if (a->layout.lists.n_doses > 0 && life->n_doses > a->trial->most_doses)
            return PN_FAIL(PN_ERR_LIBRARY, "a life has %u doses of at most %zu",
                           life->n_doses, a->trial->most_doses);
        if (life->status > 0 &&
            (size_t)life->status < sizeof tally->by_status / sizeof *tally->by_status)
            tally->by_status[life->status]++;
    }
    return PN_OK;
}

/* n lives of one arm at one point, from patient first.patient on */
static int write_block(struct pn_assembly *a, struct pn_job first, size_t n)
{
    const struct pn_trial *trial = a->trial;
    size_t row = pn_layout_row(trial->study, first);
    int status;

    PN_TRY(read_block(a, first, n));
    for (size_t i = 0; i < trial->n_outputs; i++)
        if (a->layout.output[i].dataset >= 0)
            PN_TRY(write_output(a, i, first, n));
    PN_TRY(write_doses(a, first, n));
    a->next_obs += count_observations(a, first.patient, n);
    for (int i = 0; i < PN_OUTCOMES; i++) {
        pn_outcome_pack((enum pn_outcome)i, a->life, n, a->buffer);
        PN_TRY(pn_column_write(&a->hdf, &a->layout.outcome[i], row, n, a->buffer));
    }
out:
    return status;
}

/* what failed, where: a word of its own for each life that did */
static int write_messages(struct pn_assembly *a)
{
    size_t n_jobs = pn_trial_n_jobs(a->trial);
    const char **text = calloc(n_jobs + 1, sizeof *text);
    int status;

    if (!text)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < n_jobs; i++)
        text[i] = a->message[i] ? a->message[i] : "";
    status = pn_layout_messages(&a->hdf, &a->layout, text);
    free(text);
    return status;
}

static int write_statistics(struct pn_assembly *a, struct pn_job job)
{
    size_t cell = job.point * a->trial->study->n_arms + job.arm;
    int status = PN_OK;

    if (!a->summary)
        return PN_OK;
    PN_TRY(pn_summary_take(a->summary, &a->reader, job));
    for (size_t i = 0; i < a->trial->n_outputs; i++)
        for (int k = 0; k < PN_STATISTICS; k++) {
            struct pn_column *column = &a->layout.statistic[i][k];
            enum pn_statistic statistic = (enum pn_statistic)k;
            if (column->dataset >= 0)
                PN_TRY(pn_column_write(&a->hdf, column, cell, 1,
                                       pn_summary_values(a->summary, i, statistic)));
        }
out:
    return status;
}

/* all lives of one arm at one point */
static int write_cell(struct pn_assembly *a, size_t point, size_t arm)
{
    size_t n_patients = a->trial->study->population.n_patients;
    int status = PN_OK;

    if (pn_is_reused(a->reader.index->reuse, point))
        return pn_assembly_copy(a, point, arm);
    a->next_obs = 0;
    for (size_t first = 0, n; first < n_patients; first += n) {
        n = n_patients - first < a->n_block ? n_patients - first : a->n_block;
        PN_TRY(write_block(
            a, (struct pn_job){.point = point, .arm = arm, .patient = first}, n));
    }
    PN_TRY(write_statistics(a, (struct pn_job){.point = point, .arm = arm}));
out:
    return status;
}

static int write_lives(struct pn_assembly *a)
{
    int status = PN_OK;

    a->tally->n_jobs = pn_trial_n_jobs(a->trial);
    a->message = calloc(a->tally->n_jobs + 1, sizeof *a->message);
    if (!a->message)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t point = 0; point < a->trial->points->n; point++)
        for (size_t arm = 0; arm < a->trial->study->n_arms; arm++)
            PN_TRY(write_cell(a, point, arm));
out:
    return status;
}

static int count_redrawn(struct pn_assembly *a)
{
    const struct pn_column *column = &a->layout.outcome[PN_OUTCOME_N_REDRAWN];
    size_t n_patients = a->trial->study->population.n_patients;
    const int64_t *number = a->buffer;
    int status = PN_OK;

    for (size_t cell = 0; cell < a->tally->n_jobs; cell += n_patients)
        for (size_t first = 0, n; first < n_patients; first += n) {
            n = n_patients - first < a->n_block ? n_patients - first : a->n_block;
            PN_TRY(pn_column_read(&a->hdf, column, cell + first, n, a->buffer));
            for (size_t i = 0; i < n; i++)
                a->tally->n_redrawn += number[i] > 0;
        }
out:
    return status;
}

static int write_draft(struct pn_assembly *a, const struct pn_draft *draft,
                       const char *path, const struct pn_lists *lists,
                       const struct pn_provenance *provenance,
                       const struct pn_hdf_errors *errors)
{
    struct pn_disk disk;
    int status;

    PN_TRY(pn_disk_init(&disk, draft->fd));
    PN_TRY(pn_hdf_create(path, &disk, errors, &a->hdf));
    PN_TRY(pn_layout_create(&a->hdf, a->trial, lists, provenance, &a->layout));
    /* from here on only numbers are written, to places that are known; a full disk shows
     * early */
    PN_TRY(pn_hdf_flush(&a->hdf));
    PN_TRY(write_coordinates(a));
    PN_TRY(write_observations(a));
    PN_TRY(write_lives(a));
    PN_TRY(count_redrawn(a));
    PN_TRY(write_variables(a)); /* of the patients as they were drawn in the end */
    PN_TRY(write_messages(a));
    PN_TRY(pn_hdf_close(&a->hdf));
    PN_TRY(pn_read_back(draft->path, path, errors, a->layout.column, a->layout.n_columns,
                        a->tally->sha256));
out:
    if (a->hdf.file >= 0)
        pn_hdf_close(&a->hdf); /* the first failure is the one to tell */
    pn_disk_free(&disk);
    return status;
}

static int write_result(const char *path, const struct pn_trial *trial,
                        const struct pn_index *index,
                        const struct pn_provenance *provenance, int replace,
                        struct pn_tally *tally)
{
    struct pn_assembly a = {.trial = trial, .tally = tally, .hdf = {.file = -1}};
    struct pn_draft draft = {.path = NULL};
    struct pn_hdf_errors errors;
    struct pn_lists lists;
    struct stat about;
    int status;

    *tally = (struct pn_tally){.n_jobs = 0};
    if (!replace && lstat(path, &about) == 0)
        return PN_FAIL(PN_ERR_IO, "%s is there already", path);
    pn_hdf_listen(&errors);
    PN_TRY(pn_lists_measure(trial, index, &lists));
    PN_TRY(pn_journal_reader_create(index, trial->n_values, &a.reader));
    PN_TRY(allocate(&a));
    PN_TRY(pn_study_view_create(trial->study, &a.view));
    if (trial->study->lives.has_summary)
        PN_TRY(pn_summary_create(trial, &a.summary));
    PN_TRY(pn_draft_begin(path, &draft));
    PN_TRY(write_draft(&a, &draft, path, &lists, provenance, &errors));
    if (fstat(draft.fd, &about) == 0)
        tally->n_bytes = (uint64_t)about.st_size;
    if (provenance->may_publish)
        PN_TRY(provenance->may_publish(provenance->user));
    PN_TRY(pn_draft_commit(&draft, path, replace));
out:
    pn_draft_abandon(&draft);
    pn_hdf_unlisten(&errors);
    pn_layout_free(&a.layout);
    pn_journal_reader_free(&a.reader);
    for (size_t i = 0; a.message && i < pn_trial_n_jobs(trial); i++)
        free(a.message[i]);
    free(a.message);
    pn_study_view_free(&a.view);
    pn_summary_free(&a.summary);
    free(a.life);
    free(a.values);
    free(a.buffer);
    return status;
}

int pn_result_write(const char *path, const struct pn_trial *trial,
                    const struct pn_index *index, const struct pn_provenance *provenance,
                    struct pn_tally *tally)
{
    return write_result(path, trial, index, provenance, 0, tally);
}

int pn_result_replace(const char *path, const struct pn_trial *trial,
                      const struct pn_index *index,
                      const struct pn_provenance *provenance, struct pn_tally *tally)
{
    return write_result(path, trial, index, provenance, 1, tally);
}
