/* Which of the last words of a text an acronym stands for. */
#include "spelling.h"

#define NEVER 1000

/* Where words begin of which each significant one gives its first letter; -1 where none do. */
static Py_ssize_t plain_start(const SpeltWord *words, Py_ssize_t count, const Spelt *acronym) {
    int left = acronym->count;
    for (Py_ssize_t place = count - 1; place >= 0; place--) {
        if (!words[place].stem) continue;
        if (words[place].stem != acronym->letters[--left]) return -1;
        if (!left) return place;
    }
    return -1;
}

/* Whether one of the last words gives the last letters: most brackets are told by that. */
static int may_end(const SpeltWord *words, Py_ssize_t count, const Spelt *acronym) {
    int left = acronym->may_pass;
    int most = acronym->count < MOST_OF_A_WORD ? acronym->count : MOST_OF_A_WORD;
    for (Py_ssize_t place = count - 1; place >= 0 && left >= 0; place--) {
        for (int taken = 1; taken <= most; taken++) {
            const uint8_t *last = acronym->letters + acronym->count - taken;
            if (!memcmp(words[place].letters, last, (size_t)taken)) return 1;
        }
        left -= words[place].stem != 0;
    }
    return 0;
}

/* How few significant words an acronym can leave out of words all of which are to be read, the first
 * of them for a letter at least; NEVER where it does not fit. */
static int passed_over(const SpeltWord *words, Py_ssize_t count, const Spelt *acronym) {
    int fewest[MOST_LETTERS + 1], after[MOST_LETTERS + 1]; /* by letters spelt */
    int letters = acronym->count;
    for (int spelt = 0; spelt <= letters; spelt++) fewest[spelt] = spelt ? NEVER : 0;
    for (Py_ssize_t place = 0; place < count; place++) {
        const SpeltWord *word = words + place;
        int cost = place ? word->stem != 0 : NEVER;
        for (int spelt = 0; spelt <= letters; spelt++) after[spelt] = fewest[spelt] + cost;
        for (int spelt = 0; spelt < letters; spelt++) {
            if (fewest[spelt] > acronym->may_pass) continue;
            const uint8_t *wanted = acronym->letters + spelt;
            int most = letters - spelt < MOST_OF_A_WORD ? letters - spelt : MOST_OF_A_WORD;
            for (int taken = 0; taken < most && word->letters[taken] == wanted[taken]; taken++) {
                int *best = after + spelt + taken + 1;
                if (fewest[spelt] < *best) *best = fewest[spelt];
            }
        }
        memcpy(fewest, after, sizeof *fewest * (size_t)(letters + 1));
    }
    return fewest[letters];
}

/* Where the reading begins that passes over fewest words, the shortest of those; -1 for none. */
static Py_ssize_t best_start(const SpeltWord *words, Py_ssize_t count, const Spelt *acronym) {
    Spelt left = *acronym; /* what is better than the best so far */
    Py_ssize_t best = -1, first = count - (3 * acronym->count + 6);
    if (first < 0) first = 0;
    if (!may_end(words + first, count - first, acronym)) return -1;
    for (Py_ssize_t start = count - 1; start >= first && left.may_pass >= 0; start--) {
        if (words[start].letters[0] != acronym->letters[0] || words[start].is_article) continue;
        int passed = passed_over(words + start, count - start, &left);
        if (passed > left.may_pass) continue;
        best = start;
        left.may_pass = passed - 1;
    }
    return best;
}

size_t spelt_start(const SpeltWord *words, size_t count, const Spelt *acronym) {
    Py_ssize_t start = plain_start(words, (Py_ssize_t)count, acronym);
    if (start < 0) start = best_start(words, (Py_ssize_t)count, acronym);
    return start < 0 ? count : (size_t)start;
}
