/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The airway tree of a study: read, written, hashed, and brought to tests. */
#include "study_files.h"

#include "solver/simulate/airways.h"
#include "solver/text/digest.h"
#include "solver/tree/makers/tree_make.h"

#define STUDY(tree)                                                                      \
    "name: t\nseed: 5\npopulation: {size: 9}\nairway: {tree: " tree "}\n"                \
    "arms: {a: []}\nvisits: [{at: 0 h, tests: [spirometry]}]\n"

static const char nodes[] = "4 3 1 0\n0 0 0 0 9\n1 0 0 -100 9\n2 20 0 -120 6\n"
                            "3 -20 0 -120 6\n";
static const char edges[] = "3 0\n0 0 1\n1 1 2\n2 1 3\n";

static struct pn_trial *ready(const struct pn_study *study)
{
    struct pn_trial *trial;

    assert_int_equal(pn_trial_create(study, units, &list, &trial), PN_OK);
    return trial;
}

static void write_tree(void)
{
    write_file("y.node", nodes, sizeof nodes - 1);
    write_file("y.edge", edges, sizeof edges - 1);
}

static void remove_tree(void)
{
    remove_file("y.node");
    remove_file("y.edge");
}

static void every_file_of_a_set_is_an_input_of_the_study(void **state)
{
    struct pn_study *study;
    char node[65], edge[65];

    (void)state;
    pn_sha256_text(nodes, sizeof nodes - 1, node);
    pn_sha256_text(edges, sizeof edges - 1, edge);
    write_tree();
    study = read_text(STUDY("y.edge"));
    assert_int_equal(study->n_inputs, 3);
    assert_string_equal(study->input[1].sha256, node);
    assert_string_equal(study->input[2].sha256, edge);
    pn_study_free(&study);
    remove_tree();
}

static void the_choice_survives_the_resolved_study(void **state)
{
    static const char *const texts[] = {
        STUDY("generated"), STUDY("{acini: 77}"), STUDY("y.node"),
        STUDY("{file: y.node, unit: cm, radii: edges, TLC: 4500 mL}")};

    (void)state;
    write_tree();
    for (size_t i = 0; i < 4; i++) {
        struct pn_study *study = read_text(texts[i]), *again;
        const struct pn_tree_choice *a = &study->tree, *b;
        char *text;
        check_round_trip(study);
        assert_int_equal(pn_study_write(study, &text), PN_OK);
        again = read_text(text);
        b = &again->tree;
        assert_true(!a->file == !b->file && a->n_acini == b->n_acini);
        assert_true(a->unit == b->unit && a->edge_radius == b->edge_radius);
        assert_true(a->TLC == b->TLC);
        assert_close(a->TLC, i == 3 ? 4.5 : 6.8, 1e-15, 0);
        assert_close(a->unit, i == 3 ? 1e-2 : 1e-3, 1e-15, 0);
        if (a->file)
            assert_string_equal(a->file, b->file);
        free(text);
        pn_study_free(&again);
        pn_study_free(&study);
    }
    remove_tree();
}

static void patients_of_a_file_share_its_tree(void **state)
{
    const int64_t jobs[] = {4, 2, 7};
    const struct pn_tree *tree[PN_LANES];
    const struct pn_lungs *lungs;
    struct pn_airways *airways;
    struct pn_study *study;
    struct pn_trial *trial;

    (void)state;
    write_tree();
    study = read_text(STUDY("{file: y.node, TLC: 5 L}"));
    trial = ready(study);
    assert_int_equal(pn_airways_create(trial, &airways), PN_OK);
    lungs = pn_airways_seat(airways, jobs, 3);
    assert_int_equal(lungs->n_lanes, 3);
    assert_close(lungs->TLC, 5, 0, 0);
    for (size_t l = 0; l < PN_LANES; l++) {
        assert_int_equal(lungs->tree(lungs->context, l, &tree[l]), PN_OK);
        assert_ptr_equal(tree[l], trial->tree);
    }
    assert_int_equal(tree[0]->n, 3);
    assert_close(tree[0]->length[0], 0.1, 1e-15, 0);
    pn_airways_free(&airways);
    pn_trial_free(&trial);
    pn_study_free(&study);
    remove_tree();
}

/* Patients 0 … 8 twice, in other company: the tree depends on the patient alone. */
static void a_grown_tree_is_a_function_of_seed_and_patient(void **state)
{
    struct pn_study *study = read_text(STUDY("{acini: 40}"));
    struct pn_trial *trial = ready(study);
    struct pn_tree_patient who = {.seed = 5, .n_terminals = 40};
    struct pn_airways *airways;

    (void)state;
    assert_null(trial->tree);
    assert_int_equal(pn_airways_create(trial, &airways), PN_OK);
    for (size_t round = 0; round < 9; round++) {
        const int64_t jobs[] = {(int64_t)round, (int64_t)(round * 5 % 9), 3};
        const struct pn_lungs *lungs = pn_airways_seat(airways, jobs, 3);
        const struct pn_tree *tree[PN_LANES];
        for (size_t l = 0; l < PN_LANES; l++)
            assert_int_equal(lungs->tree(lungs->context, l, &tree[l]), PN_OK);
        assert_ptr_equal(tree[3], tree[0]);
        for (size_t l = 0; l < 3; l++) {
            struct pn_tree *want;
            who.patient = jobs[l] + 1;
            assert_int_equal(pn_tree_grow(&who, &want), PN_OK);
            assert_int_equal(tree[l]->n, want->n);
            assert_same_bits(tree[l]->radius, want->radius, want->n);
            assert_true(jobs[l] == jobs[0] || tree[l]->radius[9] != tree[0]->radius[9]);
            pn_tree_free(&want);
        }
        if (round % 3 == 2)
            pn_airways_leave(airways);
    }
    assert_int_equal(pn_airways_status(airways), PN_OK);
    pn_airways_free(&airways);
    pn_trial_free(&trial);
    pn_study_free(&study);
}

static void a_study_without_a_tree_has_none(void **state)
{
    const int64_t job = 0;
    struct pn_study *study = read_text(
        "name: t\nseed: 5\npopulation: {size: 1}\narms: {a: []}\nduration: 1 h\n");
    struct pn_trial *trial = ready(study);
    struct pn_airways *airways;

    (void)state;
    assert_int_equal(pn_airways_create(trial, &airways), PN_OK);
    assert_null(pn_airways_seat(airways, &job, 1));
    pn_airways_free(&airways);
    pn_trial_free(&trial);
    pn_study_free(&study);
}

static void a_broken_tree_has_one_message_with_its_place(void **state)
{
    struct pn_study *study;
    struct pn_trial *trial;
    char want[160];

    (void)state;
    write_tree();
    write_file("y.edge", "3 0\n0 0 1\n1 1 2\n2 3 3\n", 22);
    study = read_text(STUDY("y.node"));
    assert_int_equal(pn_trial_create(study, units, &list, &trial), PN_ERR_INPUT);
    assert_int_equal(list.n, 1);
    snprintf(want, sizeof want, "%s/y.edge:4:", folder);
    assert_memory_equal(list.kept[0].text, want, strlen(want));
    pn_study_free(&study);
    remove_tree();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_of_a_set_is_an_input_of_the_study),
        cmocka_unit_test(the_choice_survives_the_resolved_study),
        cmocka_unit_test(patients_of_a_file_share_its_tree),
        cmocka_unit_test(a_grown_tree_is_a_function_of_seed_and_patient),
        cmocka_unit_test(a_study_without_a_tree_has_none),
        cmocka_unit_test(a_broken_tree_has_one_message_with_its_place),
    };

    return cmocka_run_group_tests(tests, begin_group, end_group);
}
