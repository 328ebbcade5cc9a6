/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The name that was probably meant: by letters whatever their case, by another word of
 * the field for the same thing, by parts that were left out. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "solver/text/complaint.h"

enum { WORD_MAX = 64, GROUP_MAX = 16 };

/* Words for one thing: what other programs, papers and laboratories call it.  A hint says
 * more than a name can. */
/* clang-format off */
static const struct synonyms {
    const char *word[GROUP_MAX];
    const char *hint;
} table[] = {
    {{"omega", "IIV", "BSV", "PPV", "ETA", "omega2", "cv", "gsd"},
     "between patients: omega, omega2, cv or gsd"},
    {{"iov", "BOV", "occasion"}, NULL},
    {{"lives", "keep"}, "whose lives a result has; what of them is in output: keep"},
    {{"EC50", "IC50", "KD", "Ki", "pIC50", "affinity", "EC_50"}, NULL},
    {{"Emax", "Imax", "maximum", "efficacy"}, NULL},
    {{"gamma", "hill", "nH", "sigmoidicity"}, NULL},
    {{"coefficient", "exponent", "power", "slope", "theta", "beta"}, NULL},
    {{"by", "given_by", "depends_on"}, NULL},
    {{"age", "AGEY", "years"}, NULL},
    {{"weight", "WT", "WGT", "WTKG", "BW", "BWT", "body_weight", "bodyweight", "mass"},
     NULL},
    {{"height", "HT", "HGT", "HTCM", "stature", "length"}, NULL},
    {{"sex", "gender", "SEXN", "male", "female"}, NULL},
    {{"albumin", "ALB"}, NULL},
    {{"creatinine_clearance", "CRCL", "CLCR", "CLCREAT"}, NULL},
    {{"blood_eosinophils", "EOS", "BEOS", "eosinophil_count", "AEC", "EOSBL"}, NULL},
    {{"sputum_eosinophils", "SEOS", "EOSSP"}, NULL},
    {{"FeNO", "NO", "eNO"}, NULL},
    {{"FEV1_percent_predicted", "ppFEV1", "FEV1pp", "FEV1_pred", "FEV1PPN"}, NULL},
    {{"KA", "k_a", "absorption_rate", "K01"}, NULL},
    {{"KE", "KEL", "K", "K10"}, NULL},
    {{"CL", "clearance", "CLF", "CL_F"}, NULL},
    {{"V1", "V", "VC", "VD", "V_F", "volume"}, NULL},
    {{"V2", "VP", "V3"}, NULL},
    {{"Q", "CLD", "CL2", "CLP", "intercompartmental"}, NULL},
    {{"VMAX", "VM", "V_max"}, NULL},
    {{"KM", "K_m", "Michaelis"}, NULL},
    {{"F", "F1", "BIO", "bioavailability", "FREL"}, NULL},
    {{"ALAG", "TLAG", "ALAG1", "lag", "lag_time", "LAGT"}, NULL},
    {{"fu", "FUP", "unbound", "free_fraction"}, NULL},
    {{"molar_mass", "MW", "MOLW", "molecular_weight", "kDa", "Da"}, NULL},
    {{"dose", "AMT", "amount"}, NULL},
    {{"every", "II", "tau", "interval"}, NULL},
    {{"over", "TINF", "infusion"}, NULL},
    {{"for", "duration", "until"}, NULL},
    {{"start", "TIME", "begin", "from"}, NULL},
    {{"oral", "PO", "by_mouth"}, NULL},
    {{"sc", "subcutaneous", "subcut"}, NULL},
    {{"iv", "intravenous", "bolus"}, NULL},
    {{"inhaled", "inh", "inhalation"}, NULL},
    {{"week", "wk", "weeks"}, NULL},
    {{"R5", "R_5", "R5Hz"}, NULL},
};
/* clang-format on */

static int is_in(const struct synonyms *group, const char *word, size_t n)
{
    for (size_t i = 0; i < GROUP_MAX && group->word[i]; i++)
        if (strncasecmp(group->word[i], word, n) == 0 && !group->word[i][n])
            return 1;
    return 0;
}

/* Are two words, of these lengths, one thing? */
static int means(const char *a, size_t n, const char *b, size_t m)
{
    if (n == m && strncasecmp(a, b, n) == 0)
        return 1;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (is_in(&table[i], a, n) && is_in(&table[i], b, m))
            return 1;
    return 0;
}

const char *pn_hint(const char *word)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].hint && is_in(&table[i], word, strlen(word)))
            return table[i].hint;
    return NULL;
}

/* Are the parts of a word between dots parts of the name too, in their order, its last
 * one the last: DRUG.Kd of DRUG.TARGET.Kd? */
static int has_parts(const char *name, const char *word)
{
    for (;;) {
        size_t n = strcspn(word, "."), m = strcspn(name, ".");
        int is_last = !word[n];

        if (is_last == !name[m] && means(name, m, word, n)) {
            if (is_last)
                return 1;
            word += n + 1;
        } else if (!name[m]) {
            return 0;
        }
        name += m + 1;
    }
}

/* Does the name begin with the word, and is that a word of it: asm of asm_mass? */
static int begins_with(const char *name, const char *word, size_t n)
{
    return n >= 3 && strncasecmp(name, word, n) == 0 &&
           (name[n] == '_' || name[n] == '.');
}

static int differ(char a, char b)
{
    return tolower((unsigned char)a) != tolower((unsigned char)b);
}

/* Edit distance with swaps of neighbours (optimal string alignment), case ignored. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t row[3][WORD_MAX + 1]; /* rows i-2, i-1, i */

    for (size_t j = 0; j <= m; j++)
        row[1][j] = j;
    for (size_t i = 1; i <= n; i++) {
        row[2][0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = row[1][j - 1] + (size_t)differ(a[i - 1], b[j - 1]);
            if (row[1][j] + 1 < best)
                best = row[1][j] + 1;
            if (row[2][j - 1] + 1 < best)
                best = row[2][j - 1] + 1;
            if (i > 1 && j > 1 && !differ(a[i - 1], b[j - 2]) &&
                !differ(a[i - 2], b[j - 1]) && row[0][j - 2] + 1 < best)
                best = row[0][j - 2] + 1;
            row[2][j] = best;
        }
        memcpy(row[0], row[1], sizeof row[0]);
        memcpy(row[1], row[2], sizeof row[1]);
    }
    return row[1][m];
}

/* How far a name is from what was written: the lower, the nearer. */
enum { SAME, OTHER_CASE, SYNONYM, PARTS, BEGINNING, BY_LETTERS, FAR = 1000 };

static size_t by_letters(const char *word, size_t n, const char *name, size_t m)
{
    size_t limit = n <= 3 ? 1 : n / 3 > 2 ? n / 3 : 2, d;

    if (n > WORD_MAX || m > WORD_MAX || n == 0 || (n <= 3 && differ(word[0], name[0])))
        return FAR;
    d = distance(word, n, name, m);
    return d <= limit && d < (n > m ? n : m) ? BY_LETTERS + d : FAR;
}

static size_t far_from(const char *word, const char *name)
{
    size_t n = strlen(word), m = strlen(name);

    if (strcmp(word, name) == 0)
        return SAME;
    if (strcasecmp(word, name) == 0)
        return OTHER_CASE;
    if (means(word, n, name, m))
        return SYNONYM;
    if (has_parts(name, word))
        return PARTS;
    if (begins_with(name, word, n))
        return BEGINNING;
    return by_letters(word, n, name, m);
}

const char *pn_nearest(const char *word, const char *const *names, size_t n)
{
    const char *best = NULL;
    size_t least = FAR;

    for (size_t i = 0; i < n && least > SAME; i++) {
        size_t far = far_from(word, names[i]);
        if (far >= least)
            continue;
        least = far;
        best = names[i];
    }
    return best;
}
