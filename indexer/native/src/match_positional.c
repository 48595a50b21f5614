/* Documents in which the terms of lines stand together. */
#include "sets.h"

/* Documents that hold all terms of the line, then those where they stand together. */
static int match_line(Bound *bound, Node *node, Line *line, Set *set, double **weights) {
    List **lists = bound->distinct;
    int n = 0;
    for (int i = 0; i < line->n; i++) {
        int known = 0;
        for (int k = 0; k < n; k++) known |= lists[k] == line->lists[i];
        if (!known) lists[n++] = line->lists[i];
    }
    if (intersect_lists(bound, lists, n, set) < 0) return -1;
    uint32_t size = set_count(bound, set), kept = 0;
    uint32_t *docs = arena_alloc(bound->arena, 4 * (size_t)size + 4);
    *weights = arena_alloc(bound->arena, 8 * (size_t)size + 8);
    if (!docs || !*weights) return -1;
    const uint8_t *norms = line->lists[0]->field->norms;
    uint32_t word = 0;
    uint64_t left = set->kind == SET_BITS ? set->bits[0] : 0;
    for (uint32_t i = 0; i < size; i++) {
        uint32_t doc;
        if (set->kind == SET_LIST) {
            doc = set->docs[i];
        } else {
            while (!left) left = set->bits[++word];
            doc = 64 * word + (uint32_t)__builtin_ctzll(left);
            left &= left - 1;
        }
        int64_t count = line_count(bound, node, line, doc);
        if (count < 0) return -1;
        if (!count) continue;
        docs[kept] = doc;
        (*weights)[kept++] = (double)count * line->weights[norms ? norms[doc] : 0];
    }
    *set = (Set){SET_LIST, kept, docs, NULL};
    return 0;
}

static int merge_weighted(Bound *bound, Set *set, double **x, const Set *other, const double *y) {
    uint32_t *docs = arena_alloc(bound->arena, 4 * ((size_t)set->n + other->n) + 4);
    double *sums = arena_alloc(bound->arena, 8 * ((size_t)set->n + other->n) + 8);
    if (!docs || !sums) return -1;
    uint32_t i = 0, j = 0, n = 0;
    while (i < set->n || j < other->n) {
        uint32_t a = i < set->n ? set->docs[i] : UINT32_MAX;
        uint32_t b = j < other->n ? other->docs[j] : UINT32_MAX;
        docs[n] = a < b ? a : b;
        sums[n] = (a <= b ? (*x)[i] : 0) + (b <= a ? y[j] : 0);
        i += a <= b;
        j += b <= a;
        n++;
    }
    *set = (Set){SET_LIST, n, docs, NULL};
    *x = sums;
    return 0;
}

int match_positional(Bound *bound, Node *node) {
    Set set = {SET_LIST, 0, NULL, NULL};
    double *x = NULL;
    for (int i = 0; i < node->n_lines; i++) {
        Set one = no_set();
        double *weights = NULL;
        if (match_line(bound, node, &node->lines[i], &one, &weights) < 0) return -1;
        if (!i) {
            set = one;
            x = weights;
        } else if (merge_weighted(bound, &set, &x, &one, weights) < 0) {
            return -1;
        }
    }
    for (uint32_t i = 0; i < set.n; i++) x[i] = node->factor * saturated(x[i], node->k1);
    node->set = set;
    node->scores = x;
    node->together = NULL; /* it is no longer looked up */
    return 0;
}
