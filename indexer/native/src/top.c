/* The best documents of a segment, most of which need not be looked at: the ways to collect them. */
#include "top.h"

#define FEW BATCH /* documents that are scored without windows */

static void find_columns(const Bound *bound, const Top *top, KeyColumns *out) {
    for (int i = 0; i < top->n_keys; i++) {
        out->columns[i] = top->keys[i].name ? segment_column(bound->segment, top->keys[i].name) : NULL;
    }
}

int push(Bound *bound, Top *top, const Hit *hit) {
    if (push_hit(top, hit) == 0) return 0;
    bound->arena->failed = 1;
    return -1;
}

int push_scored(Bound *bound, Top *top, const KeyColumns *columns, uint32_t doc, double score) {
    if (is_full(top) && score < top->worst.score) return 0;
    Hit hit = {.score = score, .doc = bound->base + doc, .code = code_of(bound, doc)};
    for (int i = 0; i < top->n_keys; i++) {
        if (top->keys[i].name) hit.keys[i] = key_of(top, columns, i, doc);
    }
    return push(bound, top, &hit);
}

static int collect_each(Bound *bound, Top *top, const KeyColumns *columns, const Set *matches) {
    Walk walk = walk_from(bound, matches, 0, bound->docs);
    uint32_t docs[BATCH], n = 0;
    while (walk_next(&walk, &docs[n])) {
        if (++n < BATCH) continue;
        if (score_batch(bound, top, columns, docs, n, NULL) < 0) return -1;
        n = 0;
    }
    return score_batch(bound, top, columns, docs, n, NULL);
}

/* All that match score the same: the first are the best, unless a column says otherwise. */
static int collect_same(Bound *bound, Top *top, const KeyColumns *columns, const Set *matches,
                        double score) {
    Walk walk = walk_from(bound, matches, 0, bound->docs);
    uint32_t doc;
    while (walk_next(&walk, &doc)) {
        if (top->n_keys == 1 && is_full(top) && !(score > top->worst.score)) return 0;
        if (push_scored(bound, top, columns, doc, score) < 0) return -1;
    }
    return 0;
}

int collect_top(Bound *bound, Top *top, const Set *matches, int only_leaf) {
    KeyColumns columns;
    if (!top->limit || (matches && matches->kind == SET_NONE)) return 0;
    find_columns(bound, top, &columns);
    if (!top->score_first) return collect_sorted(bound, top, &columns, matches);
    if (only_leaf) return collect_list(bound, top, &columns);
    if (!is_flat(bound->root, 0)) return collect_each(bound, top, &columns, matches);
    Leaves all = {0};
    if (prepare_leaves(bound, &all) < 0) return -1;
    for (int i = 0; i < all.n; i++) {
        Node *node = all.leaves[i];
        if (node->op == WORD || node->op == POSITIONAL || node->op == RANGE) continue;
        if (match_node(bound, node) < 0) return -1;
    }
    if (!all.n) return collect_same(bound, top, &columns, matches, 0);
    if (all.n == 1 && all.leaves[0] == bound->root && bound->root->op != WORD &&
        bound->root->op != POSITIONAL)
        return collect_same(bound, top, &columns, matches, bound->root->score);
    if (set_count(bound, matches) <= FEW)
        return collect_each(bound, top, &columns, matches);
    return collect_windows(bound, top, &columns, matches, &all);
}
