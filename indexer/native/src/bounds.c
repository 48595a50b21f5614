/* What no document of a window can score more than, from the impacts of the blocks. */
#include "search.h"

double block_weight(const List *list, const double *weights, uint32_t block) {
    const uint8_t *impacts = list->skip + (size_t)SKIP_ENTRY * block + 12;
    double most = 0;
    for (int i = 0; i < 4; i++) {
        double tf = impacts[2 * i] == 255 ? (double)list->cf : impacts[2 * i];
        double weight = tf * weights[impacts[2 * i + 1]];
        if (weight > most) most = weight;
    }
    return most;
}

static int list_bounds(Bound *bound, List *list, const double *weights, double *out) {
    if (list->is_short) {
        const uint8_t *norms = list->field->norms;
        for (uint32_t i = 0; i < list->n; i++) {
            double weight = list->tfs[i] * weights[norms ? norms[list->docs[i]] : 0];
            double *at = &out[list->docs[i] >> WINDOW_BITS];
            if (weight > *at) *at = weight;
        }
        return 0;
    }
    uint32_t first = 0;
    for (uint32_t block = 0; block < list->blocks; block++) {
        uint32_t last = block_last(list, block);
        if (last >= bound->docs || last < first) {
            arena_damage(bound->arena, bound->segment, "skip table out of range");
            return -1;
        }
        double weight = block_weight(list, weights, block);
        for (uint32_t w = first >> WINDOW_BITS; w <= last >> WINDOW_BITS; w++) {
            if (weight > out[w]) out[w] = weight;
        }
        first = last + 1;
    }
    return 0;
}

static int word_bounds(Bound *bound, Leaves *all, Node *node) {
    for (int g = 0; g < node->n_groups; g++) {
        Group *group = &node->groups[g];
        memset(all->x, 0, 8 * (size_t)all->windows);
        for (int i = 0; i < group->n; i++) {
            double *out = i ? all->y : all->x;
            if (i) memset(out, 0, 8 * (size_t)all->windows);
            if (list_bounds(bound, group->parts[i].list, group->parts[i].weights, out) < 0) return -1;
            for (uint32_t w = 0; i && w < all->windows; w++) all->x[w] += all->y[w];
        }
        for (uint32_t w = 0; w < all->windows; w++) {
            node->bounds[w] += group->factor * saturated(all->x[w], group->k1);
            if (!g && all->x[w] > 0) node->bounds[w] += node->score;
        }
    }
    return 0;
}

/* The terms of a line stand together at most as often as the rarest of them stands. */
static int lazy_bounds(Bound *bound, Leaves *all, Node *node) {
    for (int l = 0; l < node->n_lines; l++) {
        Line *line = &node->lines[l];
        for (int i = 0; i < line->n && i < 3; i++) {
            List *list = line->lists[line->by_rarity[i]];
            double *out = i ? all->y : all->x;
            memset(out, 0, 8 * (size_t)all->windows);
            if (list_bounds(bound, list, line->weights, out) < 0) return -1;
            for (uint32_t w = 0; i && w < all->windows; w++) {
                if (out[w] < all->x[w]) all->x[w] = out[w];
            }
        }
        for (uint32_t w = 0; w < all->windows; w++) node->bounds[w] += all->x[w];
    }
    for (uint32_t w = 0; w < all->windows; w++)
        node->bounds[w] = node->factor * saturated(node->bounds[w], node->k1);
    return 0;
}

static int leaf_bounds(Bound *bound, Leaves *all, Node *node) {
    if (node->bounds) return 0; /* of an earlier request */
    node->bounds = arena_zero(bound->arena, 8 * (size_t)all->windows);
    if (!node->bounds) return -1;
    if (node->op == WORD) return word_bounds(bound, all, node);
    if (node->op == POSITIONAL && !node->matched) return lazy_bounds(bound, all, node);
    if (node->op == POSITIONAL) {
        for (uint32_t i = 0; i < node->set.n; i++) {
            double *at = &node->bounds[node->set.docs[i] >> WINDOW_BITS];
            if (node->scores[i] > *at) *at = node->scores[i];
        }
        return 0;
    }
    for (uint32_t w = 0; w < all->windows; w++) node->bounds[w] = node->score;
    return 0;
}

static int count_leaves(const Node *node) {
    int n = 0;
    if (node->op != ALL && node->op != ANY) return 1;
    for (int i = 0; i < node->n_children; i++) n += count_leaves(node->children[i]);
    for (int i = 0; i < node->n_maybe; i++) n += count_leaves(node->maybe[i]);
    return n;
}

/* A node that stands twice in a plan is two leaves, which the windows tell apart. */
static int gather_leaf(Bound *bound, Node *node, Leaves *all) {
    if (node->round == bound->round) {
        Node *copy = arena_alloc(bound->arena, sizeof(Node));
        if (!copy) return -1;
        *copy = *node;
        copy->together = NULL;
        node = copy;
    }
    node->round = bound->round;
    all->leaves[all->n++] = node;
    return 0;
}

static int gather_leaves(Bound *bound, Node *node, Leaves *all) {
    if (node->op != ALL && node->op != ANY) {
        int scores = node->op == WORD ? node->n_groups > 0
                     : node->op == POSITIONAL ? node->n_lines > 0 && node->factor > 0
                                              : node->score > 0;
        return scores ? gather_leaf(bound, node, all) : 0;
    }
    for (int i = 0; i < node->n_children; i++) {
        if (gather_leaves(bound, node->children[i], all) < 0) return -1;
    }
    for (int i = 0; i < node->n_maybe; i++) {
        if (gather_leaves(bound, node->maybe[i], all) < 0) return -1;
    }
    return 0;
}

int prepare_leaves(Bound *bound, Leaves *all) {
    const size_t room = (size_t)count_leaves(bound->root) + 1;
    all->leaves = arena_alloc(bound->arena, sizeof(Node *) * room);
    all->planned = arena_alloc(bound->arena, sizeof(Node *) * room);
    if (!all->leaves || !all->planned) return -1;
    if (gather_leaves(bound, bound->root, all) < 0) return -1;
    memcpy(all->planned, all->leaves, sizeof(Node *) * (size_t)all->n);
    return 0;
}

int prepare_bounds(Bound *bound, Leaves *all) {
    all->windows = (bound->docs + WINDOW_DOCS - 1) >> WINDOW_BITS;
    all->x = arena_alloc(bound->arena, 24 * (size_t)all->windows + 8);
    if (!all->x) return -1;
    all->y = all->x + all->windows;
    all->sums = all->y + all->windows;
    memset(all->sums, 0, 8 * (size_t)all->windows);
    for (int i = 0; i < all->n; i++) {
        if (leaf_bounds(bound, all, all->leaves[i]) < 0) return -1;
        for (uint32_t w = 0; w < all->windows; w++) all->sums[w] += all->leaves[i]->bounds[w];
    }
    return 0;
}
