/* What stands together in a few documents that are scored together. */
#include "batch.h"

static int gather_positional(Bound *bound, Node *node, Node **out, int n) {
    if (node->op == POSITIONAL && !node->matched) {
        if (!node->batch) node->batch = arena_alloc(bound->arena, sizeof(Scores));
        out[n++] = node;
        return n;
    }
    for (int i = 0; i < node->n_children; i++) n = gather_positional(bound, node->children[i], out, n);
    for (int i = 0; i < node->n_maybe; i++) n = gather_positional(bound, node->maybe[i], out, n);
    return n;
}

static size_t count_nodes(const Node *node) {
    size_t n = 1;
    for (int i = 0; i < node->n_children; i++) n += count_nodes(node->children[i]);
    for (int i = 0; i < node->n_maybe; i++) n += count_nodes(node->maybe[i]);
    return n;
}

int find_positional(Bound *bound) {
    if (bound->positional_round == bound->round) return 0;
    bound->positional = arena_alloc(bound->arena, sizeof(Node *) * count_nodes(bound->root));
    if (!bound->positional) return -1;
    bound->n_positional = gather_positional(bound, bound->root, bound->positional, 0);
    bound->positional_round = bound->round;
    return arena_bad(bound->arena) ? -1 : 0;
}

/* Which documents hold all terms of a line. */
static int hold_all(const Batch *batch, const Line *line, uint64_t *all) {
    memset(all, 255, 8 * BATCH_WORDS);
    for (int i = 0; i < line->n; i++) {
        List *list = line->lists[line->by_rarity[i]];
        if (list->batch != batch->bound->batches && go_through(batch, list, &(Adding){0}) < 0) return -1;
        uint64_t some = 0;
        for (int k = 0; k < BATCH_WORDS; k++) some |= all[k] &= list->found[k];
        if (!some) return 0;
    }
    return 0;
}

static int hold_lines(const Batch *batch, Node *node, uint64_t *any) {
    memset(node->batch->found, 0, sizeof node->batch->found);
    for (int l = 0; l < node->n_lines; l++) {
        uint64_t *all = node->lines[l].all;
        if (hold_all(batch, &node->lines[l], all) < 0) return -1;
        for (int k = 0; k < BATCH_WORDS; k++) node->batch->found[k] |= all[k];
    }
    for (int k = 0; k < BATCH_WORDS; k++) any[k] |= node->batch->found[k];
    return 0;
}

/* Scores a node in a document that holds the terms of some line. */
static void weigh_lines(const Batch *batch, Node *node, uint32_t s) {
    const uint32_t doc = batch->docs[s];
    double x = 0;
    int found = 0;
    for (int l = 0; l < node->n_lines; l++) {
        Line *line = &node->lines[l];
        if (!has_place(line->all, s)) continue;
        const uint8_t *norms = line->lists[0]->field->norms;
        const int64_t count = line_count(batch->bound, node, line, doc);
        if (count <= 0) continue;
        x += (double)count * line->weights[norms ? norms[doc] : 0];
        found = 1;
    }
    node->batch->scores[s] = node->factor * saturated(x, node->k1);
    if (!found) node->batch->found[s >> 6] &= ~(1ull << (s & 63));
}

int weigh_positions(const Batch *batch, const Top *top, const Bounds *bounds, uint64_t *dropped) {
    Bound *bound = batch->bound;
    uint64_t any[BATCH_WORDS] = {0};
    for (int i = 0; i < bound->n_positional; i++) {
        if (hold_lines(batch, bound->positional[i], any) < 0) return -1;
    }
    EACH(any, s) {
        double most = bounds ? bounds->most[s] : 0;
        for (int i = 0; i < bound->n_positional; i++) {
            Node *node = bound->positional[i];
            if (!has_place(node->batch->found, s)) continue;
            weigh_lines(batch, node, s);
            if (!bounds || !node->bounds || !(node->k1 > 0)) continue;
            most += node->batch->scores[s] - node->bounds[bounds->window];
            if (can_enter(top, most)) continue;
            dropped[s >> 6] |= 1ull << (s & 63);
            break;
        }
    }
    return 0;
}
