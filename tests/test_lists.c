/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of unequal length in the result file, and the reader that trusts no file. */
#include "list_trial.h"

#include <fcntl.h>
#include <hdf5_hl.h>
#include <sys/stat.h>

#include "solver/result/guard.h"
#include "solver/result/result_read.h"
#include "solver/text/digest.h"

struct fixture {
    char *folder;
    char path[256];
    struct pn_result *result;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    *state = f;
    f->folder = trial_folder();
    snprintf(f->path, sizeof f->path, "%s/results.h5", f->folder);
    return f->folder == NULL;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    pn_result_close(&f->result);
    trial_remove(f->folder);
    free(f->folder);
    free(f);
    return 0;
}

static void write_and_open(struct fixture *f, const struct pn_trial *trial, int n_ranks,
                           size_t failed)
{
    list_journals(trial, f->folder, n_ranks, failed);
    if (list_result(trial, f->folder, f->path) != PN_OK ||
        pn_result_open(f->path, &f->result) != PN_OK)
        fail_msg("%s", pn_error_last()->text);
}

/* all rows of a column, one number each */
static void assert_column(const struct fixture *f, const char *name, const double *want,
                          size_t n)
{
    struct pn_cursor cursor;
    const void *number;

    assert_int_equal(pn_cursor_open(f->result, name, 0, &cursor), PN_OK);
    assert_int_equal(cursor.column.n_rows, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(pn_cursor_row(&cursor, i, &number), PN_OK);
        if (memcmp(number, &want[i], sizeof want[i]) != 0)
            fail_msg("%s[%zu] is %.17g, not %.17g", name, i, *(const double *)number,
                     want[i]);
    }
    pn_cursor_close(&cursor);
}

static void doses_stand_by_arm_patient_and_order(void **state)
{
    static const char *const names[] = {"dose_time", "dose_amount", "dose_duration",
                                        "dose_compartment"};
    static const double arm[] = {1, 1, 1, 1, 1, 1}, patient[] = {0, 0, 1, 2, 2, 2};
    static const double number[] = {0, 1, 2, 3, 4, 5};
    struct fixture *f = *state;
    double want[LIST_DOSES];

    write_and_open(f, list_trial(list_study(), 1, 0), 1, LIST_JOBS);
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < LIST_DOSES; k++)
            want[k] = list_doses[k][i];
        assert_column(f, names[i], want, LIST_DOSES);
    }
    assert_column(f, "dose_arm", arm, LIST_DOSES);
    assert_column(f, "dose_patient", patient, LIST_DOSES);
    assert_column(f, "dose", number, LIST_DOSES);
}

static void observations_are_each_patients_own(void **state)
{
    const double none = (double)NAN;
    const double time[] = {0, 12, 0, 12, 30}, row[] = {2, 4, 7, 8, 9};
    const double patient[] = {0, 0, 2, 2, 2}, mdv[] = {1, 0, 0, 0, 1};
    const double dv[] = {none, 0.5, 0.25, 0.75, none};
    const double limit[] = {none, 1.25, none, none, none};
    struct fixture *f = *state;
    double C[LIST_ARMS * LIST_OBS];

    write_and_open(f, list_trial(list_study(), 1, 0), 1, LIST_JOBS);
    assert_column(f, "obs_time", time, LIST_OBS);
    assert_column(f, "obs_row", row, LIST_OBS);
    assert_column(f, "obs_patient", patient, LIST_OBS);
    assert_column(f, "obs_MDV", mdv, LIST_OBS);
    assert_column(f, "obs_DV", dv, LIST_OBS);
    assert_column(f, "obs_LIMIT", limit, LIST_OBS);
    for (size_t arm = 0, i = 0; arm < LIST_ARMS; arm++)
        for (size_t p = 0; p < LIST_PATIENTS; p++)
            for (size_t k = 0; k < (p == 0 ? 2 : p == 1 ? 0 : 3); k++)
                C[i++] = list_C(arm * LIST_PATIENTS + p, k);
    assert_column(f, "obs.alpha.C", C, LIST_ARMS * LIST_OBS);
}

static void a_failed_life_has_no_doses_and_no_numbers(void **state)
{
    const double none = (double)NAN;
    const double time[] = {0, 12, 6}, patient[] = {0, 0, 1};
    const double C[] = {1, 1.125, 3, 3.125, 3.25, 4, 4.125, none, none, none};
    struct fixture *f = *state;

    write_and_open(f, list_trial(list_study(), 1, 0), 1, LIST_JOBS - 1);
    assert_int_equal(f->result->n_doses, 3);
    assert_column(f, "dose_time", time, 3);
    assert_column(f, "dose_patient", patient, 3);
    assert_column(f, "obs.alpha.C", C, LIST_ARMS * LIST_OBS);
}

/* the same lists when a block ends within an arm */
static void blocks_do_not_break_lists(void **state)
{
    static const double number[] = {0, 1, 2, 3, 4, 5}, patient[] = {0, 0, 1, 2, 2, 2};
    const double obs[] = {0, 1, 2, 3, 4}, row[] = {2, 4, 7, 8, 9};
    const double C[] = {1, 1.125, 3, 3.125, 3.25, 4, 4.125, 6, 6.125, 6.25};
    struct fixture *f = *state;

    write_and_open(f, list_trial(list_study(), 1, 1), 2, LIST_JOBS);
    assert_column(f, "dose", number, LIST_DOSES);
    assert_column(f, "dose_patient", patient, LIST_DOSES);
    assert_column(f, "obs", obs, LIST_OBS);
    assert_column(f, "obs_row", row, LIST_OBS);
    assert_column(f, "obs.alpha.C", C, LIST_ARMS * LIST_OBS);
}

static void any_ranks_give_the_same_bytes(void **state)
{
    char first[65], hex[65];

    (void)state;
    for (int n_ranks = 1; n_ranks <= 4; n_ranks++) {
        struct fixture *f;

        assert_int_equal(setup((void **)&f), 0);
        write_and_open(f, list_trial(list_study(), 1, 0), n_ranks, LIST_JOBS);
        assert_int_equal(pn_sha256_file(f->path, n_ranks == 1 ? first : hex), PN_OK);
        if (n_ranks > 1)
            assert_string_equal(hex, first);
        teardown((void **)&f);
    }
}

static void a_part_of_the_patients_has_its_part_of_the_lists(void **state)
{
    const double row[] = {7, 8, 9}, id[] = {5, 7}, patient[] = {1, 1, 1};
    struct fixture *f = *state;
    struct pn_study *study = list_study();
    const struct pn_trial *trial;

    assert_int_equal(pn_study_select(study, 2, 3), PN_OK);
    trial = list_trial(study, 1, 0);
    if (list_result(trial, f->folder, f->path) != PN_OK || /* nobody was run */
        pn_result_open(f->path, &f->result) != PN_OK)
        fail_msg("%s", pn_error_last()->text);
    assert_column(f, "patient", id, 2);
    assert_column(f, "obs_row", row, 3);
    assert_column(f, "obs_patient", patient, 3);
    assert_int_equal(f->result->n_doses, 0);
}

static void patients_of_another_table_are_refused(void **state)
{
    struct fixture *f = *state;
    struct pn_study *study = list_study();

    study->population.id[1] = 6;
    assert_int_equal(list_result(list_trial(study, 1, 0), f->folder, f->path),
                     PN_ERR_LIBRARY);
    assert_non_null(strstr(pn_error_last()->text, "not those of its event table"));
}

static void more_doses_than_there_is_room_for_are_refused(void **state)
{
    struct fixture *f = *state;
    const struct pn_trial *trial = list_trial(list_study(), 1, 0);
    double values[LIST_VALUES];
    struct pn_journal *journal;
    struct pn_life life;

    list_life(trial, 5, 0, values, &life);
    life.n_doses = LIST_MOST_DOSES + 1;
    assert_int_equal(
        pn_journal_create(f->folder, 0, &LIST_KEY, trial->n_values, &journal), PN_OK);
    assert_int_equal(pn_journal_append(journal, &life), PN_OK);
    assert_int_equal(pn_journal_close(&journal), PN_OK);
    assert_int_equal(list_result(trial, f->folder, f->path), PN_ERR_LIBRARY);
    assert_non_null(strstr(pn_error_last()->text, "4 doses of at most 3"));
}

static void the_reader_knows_what_the_file_says(void **state)
{
    static const char *const compartments[] = {"alpha.A0", "alpha.A1", "beta.R",
                                               "alpha.A0@inhaled"};
    static const int cmt[] = {1, 2, 3, 1};
    struct fixture *f = *state;
    struct pn_study *study = list_study();
    const struct pn_result *r;

    study->drug[1].error = (struct pn_residual_error){0.1, 2, 0.3};
    write_and_open(f, list_trial(study, 1, 0), 1, LIST_JOBS);
    r = f->result;
    assert_int_equal(r->n_arms, 2);
    assert_string_equal(r->arm[1], "A, \"high\"");
    assert_int_equal(r->n_patients, 3);
    assert_int_equal(r->n_times, 3);
    assert_int_equal(r->n_visits, 1);
    assert_int_equal(r->n_observations, LIST_OBS);
    assert_int_equal(r->seed, 17);
    assert_int_equal(r->n_drugs, 2);
    assert_string_equal(r->drug[1].name, "beta");
    assert_true(r->drug[0].error.proportional == 0);
    assert_true(r->drug[1].error.proportional == 0.1);
    assert_true(r->drug[1].error.additive == 2 && r->drug[1].error.lognormal == 0.3);
    assert_int_equal(r->n_compartments, 4);
    for (int i = 0; i < 4; i++) {
        assert_string_equal(r->compartment[i], compartments[i]);
        assert_int_equal(r->cmt[i], cmt[i]);
    }
    assert_int_equal(pn_result_find(r, "alpha.C")->shape, PN_SHAPE_TIMES);
    assert_int_equal(pn_result_find(r, "FEV1")->shape, PN_SHAPE_VISITS);
    assert_int_equal(pn_result_find(r, "age")->shape, PN_SHAPE_PATIENT);
    assert_int_equal(pn_result_find(r, "status")->shape, PN_SHAPE_LIFE);
    assert_int_equal(pn_result_find(r, "obs_time")->shape, PN_SHAPE_OBS);
    assert_int_equal(pn_result_find(r, "obs.n_doses")->shape, PN_SHAPE_ARM_OBS);
    assert_int_equal(pn_result_find(r, "dose_amount")->shape, PN_SHAPE_DOSE);
    assert_string_equal(pn_result_find(r, "alpha.C")->unit, "mg/L");
    assert_null(pn_result_find(r, "provenance"));
}

static void hundreds_of_compartments_have_names_and_units(void **state)
{
    enum { MANY = 700 };
    static struct pn_compartment compartments[MANY];
    struct fixture *f = *state;
    struct pn_study *study = list_study();
    char *units;

    for (size_t i = 0; i < MANY; i++)
        compartments[i] = study->compartment[i % study->n_compartments];
    study->compartment = compartments;
    study->n_compartments = MANY;
    write_and_open(f, list_trial(study, 1, 0), 1, LIST_JOBS);
    assert_int_equal(f->result->n_compartments, MANY);
    assert_int_equal(f->result->cmt[MANY - 2], 3);
    units = pn_result_text(f->result, "dose_compartment", "compartment_units");
    assert_non_null(units);
    assert_string_equal(units + strlen(units) - strlen("mg mg nmol mg"), "mg mg nmol mg");
    free(units);
}

/* --- files that are not to be trusted --- */

/* a dataset (arm, patient) of a form of our choice in place of status */
static void replace_status(hid_t file, hid_t list, hsize_t n_patients)
{
    hsize_t extent[2] = {2, n_patients};
    hid_t space = H5Screate_simple(2, extent, NULL), dataset;

    H5Ldelete(file, "status", H5P_DEFAULT);
    dataset = H5Dcreate2(file, "status", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, list,
                         H5P_DEFAULT);
    assert_true(dataset >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
}

static void external_storage(hid_t file)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);

    H5Pset_external(list, "/etc/passwd", 0, H5F_UNLIMITED);
    replace_status(file, list, 3);
    H5Pclose(list);
}

static void virtual_dataset(hid_t file)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t extent[2] = {2, 3};
    hid_t space = H5Screate_simple(2, extent, NULL);

    H5Pset_virtual(list, space, "other.h5", "status", space);
    replace_status(file, list, 3);
    H5Sclose(space);
    H5Pclose(list);
}

static void compressed(hid_t file)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t chunk[2] = {1, 3};

    H5Pset_chunk(list, 2, chunk);
    H5Pset_deflate(list, 1);
    replace_status(file, list, 3);
    H5Pclose(list);
}

/* 16 GB that nobody ever wrote */
static void oversized(hid_t file)
{
    replace_status(file, H5P_DEFAULT, (hsize_t)1 << 30);
}

static void never_written(hid_t file)
{
    replace_status(file, H5P_DEFAULT, 3);
}

static void external_link(hid_t file)
{
    H5Ldelete(file, "status", H5P_DEFAULT);
    H5Lcreate_external("other.h5", "/status", file, "status", H5P_DEFAULT, H5P_DEFAULT);
}

static void soft_link(hid_t file)
{
    H5Ldelete(file, "patient", H5P_DEFAULT);
    H5Lcreate_soft("/dose", file, "patient", H5P_DEFAULT, H5P_DEFAULT);
}

static void linked_provenance(hid_t file)
{
    H5Ldelete(file, "provenance", H5P_DEFAULT);
    H5Lcreate_external("other.h5", "/provenance", file, "provenance", H5P_DEFAULT,
                       H5P_DEFAULT);
}

/* a column with more patients than there are */
static void misfit(hid_t file)
{
    static const char *const scales[] = {"arm", "patient"};
    hid_t list = H5Pcreate(H5P_DATASET_CREATE), dataset;

    H5Pset_alloc_time(list, H5D_ALLOC_TIME_EARLY);
    replace_status(file, list, 4);
    dataset = H5Dopen2(file, "status", H5P_DEFAULT);
    for (unsigned i = 0; i < 2; i++) {
        hid_t scale = H5Dopen2(file, scales[i], H5P_DEFAULT);

        assert_true(H5DSattach_scale(dataset, scale, i) >= 0);
        H5Dclose(scale);
    }
    H5Dclose(dataset);
    H5Pclose(list);
}

static void no_schema(hid_t file)
{
    H5Adelete(file, "schema");
}

static void no_seed(hid_t file)
{
    H5Adelete_by_name(file, "provenance", "seed", H5P_DEFAULT);
}

static void errors_of_one_drug(hid_t file)
{
    hid_t group = H5Gopen2(file, "provenance", H5P_DEFAULT);
    hid_t space = H5Screate(H5S_SCALAR), attribute;

    H5Adelete(group, "error_additive");
    attribute = H5Acreate2(group, "error_additive", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT,
                           H5P_DEFAULT);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Gclose(group);
}

static void nothing(hid_t file)
{
    (void)file;
}

static void files_that_reach_out_are_refused(void **state)
{
    static const struct {
        void (*change)(hid_t file);
        int status;
        const char *reason;
    } cases[] = {
        {nothing,            PN_OK,        ""                                 },
        {external_storage,   PN_ERR_INPUT, "status is stored in another file" },
        {virtual_dataset,    PN_ERR_INPUT, "status is not stored contiguously"},
        {compressed,         PN_ERR_INPUT, "status is not stored contiguously"},
        {oversized,          PN_ERR_INPUT, "status is larger than the file"   },
        {never_written,      PN_ERR_INPUT, "status does not stand in the file"},
        {external_link,      PN_ERR_INPUT, "status is a link to elsewhere"    },
        {soft_link,          PN_ERR_INPUT, "patient is a link to elsewhere"   },
        {linked_provenance,  PN_ERR_INPUT, "provenance is a link to elsewhere"},
        {misfit,             PN_ERR_INPUT, "has another shape"                },
        {no_schema,          PN_ERR_INPUT, "is not a result of pneuma run"    },
        {no_seed,            PN_ERR_INPUT, "provenance has no seed"           },
        {errors_of_one_drug, PN_ERR_INPUT, "error_additive has not one number"},
    };
    struct fixture *f = *state;
    const struct pn_trial *trial = list_trial(list_study(), 1, 0);

    list_journals(trial, f->folder, 1, LIST_JOBS);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hid_t file;
        int status;

        unlink(f->path);
        assert_int_equal(list_result(trial, f->folder, f->path), PN_OK);
        file = H5Fopen(f->path, H5F_ACC_RDWR, H5P_DEFAULT);
        cases[i].change(file);
        H5Fclose(file);
        status = pn_result_open(f->path, &f->result);
        if (status != cases[i].status ||
            (status != PN_OK && !strstr(pn_error_last()->text, cases[i].reason)))
            fail_msg("case %zu: status %d, %s", i, status, pn_error_last()->text);
        pn_result_close(&f->result);
    }
}

static void what_is_no_hdf5_is_refused(void **state)
{
    struct fixture *f = *state;
    FILE *file;

    assert_int_equal(pn_result_open(f->path, &f->result), PN_ERR_IO);
    pn_result_close(&f->result);
    assert_int_equal(pn_result_open(f->folder, &f->result), PN_ERR_INPUT);
    pn_result_close(&f->result);
    assert_int_equal(mkfifo(f->path, 0600), 0); /* opening it would wait for ever */
    assert_int_equal(pn_result_open(f->path, &f->result), PN_ERR_INPUT);
    pn_result_close(&f->result);
    unlink(f->path);
    file = fopen(f->path, "w");
    fputs("ID,TIME\n1,0\n", file);
    fclose(file);
    assert_int_equal(pn_result_open(f->path, &f->result), PN_ERR_INPUT);
    assert_non_null(strstr(pn_error_last()->text, "is not a result"));
}

static void a_cut_file_is_refused(void **state)
{
    struct fixture *f = *state;
    const struct pn_trial *trial = list_trial(list_study(), 1, 0);
    struct stat about;

    list_journals(trial, f->folder, 1, LIST_JOBS);
    assert_int_equal(list_result(trial, f->folder, f->path), PN_OK);
    assert_int_equal(stat(f->path, &about), 0);
    for (int parts = 15; parts >= 0; parts--) {
        assert_int_equal(truncate(f->path, about.st_size * parts / 16), 0);
        assert_int_equal(pn_result_open(f->path, &f->result), PN_ERR_INPUT);
        pn_result_close(&f->result);
    }
}

static int write_sample(const char *folder)
{
    char path[300];
    struct pn_study *study = list_study();
    const struct pn_trial *trial;

    study->drug[0].error.proportional = 0.2;
    trial = list_trial(study, 1, 0);
    list_journals(trial, folder, 1, LIST_JOBS);
    snprintf(path, sizeof path, "%s/results.h5", folder);
    return list_result(trial, folder, path) == PN_OK ? 0 : 1;
}

#define test_in_folder(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        test_in_folder(doses_stand_by_arm_patient_and_order),
        test_in_folder(observations_are_each_patients_own),
        test_in_folder(a_failed_life_has_no_doses_and_no_numbers),
        test_in_folder(blocks_do_not_break_lists),
        cmocka_unit_test(any_ranks_give_the_same_bytes),
        test_in_folder(a_part_of_the_patients_has_its_part_of_the_lists),
        test_in_folder(patients_of_another_table_are_refused),
        test_in_folder(more_doses_than_there_is_room_for_are_refused),
        test_in_folder(the_reader_knows_what_the_file_says),
        test_in_folder(hundreds_of_compartments_have_names_and_units),
        test_in_folder(files_that_reach_out_are_refused),
        test_in_folder(what_is_no_hdf5_is_refused),
        test_in_folder(a_cut_file_is_refused),
    };

    if (argc == 3 && strcmp(argv[1], "--sample") == 0)
        return write_sample(argv[2]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
