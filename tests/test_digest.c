/* SPDX-License-Identifier: GPL-3.0-or-later */
/* solver/text/digest: published digests, pieces, copies, files. */
#include "check.h"

#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/text/digest.h"

/* NIST, Secure Hash Standard: example messages of FIPS 180-4 */
static const struct {
    const char *message, *hex;
} examples[] = {
    {"abc",                                                           "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"",                                                              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"                                                                 },
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
     "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu", "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
};

static void the_examples_of_the_standard_agree(void **state)
{
    char hex[65];

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        assert_int_equal(
            pn_sha256_text(examples[i].message, strlen(examples[i].message), hex), PN_OK);
        assert_string_equal(hex, examples[i].hex);
    }
}

/* the padding just fits, or needs a block of its own (digests by Python's hashlib) */
static void lengths_at_the_edge_of_a_block_agree(void **state)
{
    char hex[65], a[64];

    (void)state;
    memset(a, 'a', sizeof a);
    pn_sha256_text(a, 55, hex);
    assert_string_equal(
        hex, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
    pn_sha256_text(a, 64, hex);
    assert_string_equal(
        hex, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
}

static void a_million_letters_in_odd_pieces_agree(void **state)
{
    static char a[997];
    unsigned char digest[32];
    struct pn_sha256 hash;

    (void)state;
    memset(a, 'a', sizeof a);
    pn_sha256_init(&hash);
    for (size_t left = 1000000; left > 0;) {
        size_t n = left < sizeof a ? left : sizeof a;
        pn_sha256_add(&hash, a, n);
        left -= n;
    }
    assert_int_equal(pn_sha256_digest(&hash, digest), PN_OK);
    pn_sha256_free(&hash);
    assert_memory_equal(
        digest,
        "\xcd\xc7\x6e\x5c\x99\x14\xfb\x92\x81\xa1\xc7\xe2\x84\xd7\x3e\x67"
        "\xf1\x80\x9a\x48\xa4\x97\x20\x0e\x04\x6d\x39\xcc\xc7\x11\x2c\xd0",
        32);
}

static void a_file_is_hashed_and_a_missing_one_is_an_error(void **state)
{
    char path[] = "/tmp/pn_sha256_XXXXXX", hex[65];
    int descriptor = mkstemp(path);
    FILE *file;

    (void)state;
    assert_true(descriptor >= 0);
    file = fdopen(descriptor, "w");
    assert_non_null(file);
    fputs("abc", file);
    fclose(file);
    assert_int_equal(pn_sha256_file(path, hex), PN_OK);
    assert_string_equal(hex, examples[0].hex);
    remove(path);
    assert_int_equal(pn_sha256_file(path, hex), PN_ERR_IO);
    assert_non_null(strstr(pn_error_last()->text, "No such file"));
}

/* what the points of a sweep share is hashed once: each goes on from there */
static void a_copy_goes_on_alone_and_its_memory_is_used_again(void **state)
{
    struct pn_sha256 base, copy = {NULL};
    char hex[65];

    (void)state;
    pn_sha256_init(&base);
    pn_sha256_add(&base, "a", 1);
    for (int i = 0; i < 3; i++) {
        pn_sha256_copy(&copy, &base);
        pn_sha256_add(&copy, i == 1 ? "xx" : "bc", 2);
        assert_int_equal(pn_sha256_hex(&copy, hex), PN_OK);
        assert_int_equal(strcmp(hex, examples[0].hex) == 0, i != 1);
    }
    pn_sha256_add(&base, NULL, 0);
    pn_sha256_add(&base, "bc", 2);
    assert_int_equal(pn_sha256_hex(&base, hex), PN_OK);
    assert_string_equal(hex, examples[0].hex);
    pn_sha256_free(&base);
    pn_sha256_free(&copy);
    pn_sha256_free(&copy);
}

/* no memory for a context: every later step passes, the end says so */
static void a_failure_on_the_way_is_told_at_the_end(void **state)
{
    struct pn_sha256 hash = {NULL};
    char hex[65] = "left over";

    (void)state;
    pn_sha256_add(&hash, "abc", 3);
    assert_int_equal(pn_sha256_hex(&hash, hex), PN_ERR_LIBRARY);
    assert_string_equal(hex, "");
    pn_sha256_free(&hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_standard_agree),
        cmocka_unit_test(lengths_at_the_edge_of_a_block_agree),
        cmocka_unit_test(a_million_letters_in_odd_pieces_agree),
        cmocka_unit_test(a_copy_goes_on_alone_and_its_memory_is_used_again),
        cmocka_unit_test(a_failure_on_the_way_is_told_at_the_end),
        cmocka_unit_test(a_file_is_hashed_and_a_missing_one_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
