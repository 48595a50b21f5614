/* Documents of enough of some children, each of which counts for something. */
#include "sets.h"

#include <stdlib.h>

static void count_set(Bound *bound, uint16_t *counts, const Set *set, int weight) {
    const uint16_t more = (uint16_t)weight;
    if (set->kind == SET_ALL) {
        for (uint32_t doc = 0; doc < bound->docs; doc++) counts[doc] += more;
    } else if (set->kind == SET_LIST) {
        for (uint32_t i = 0; i < set->n; i++) counts[set->docs[i]] += more;
    } else if (set->kind == SET_BITS) {
        for (uint32_t w = 0; w < bound->words; w++) {
            for (uint64_t left = set->bits[w]; left; left &= left - 1)
                counts[64 * w + (uint32_t)__builtin_ctzll(left)] += more;
        }
    }
}

static int count_all(Bound *bound, Node *node) {
    uint16_t *counts = arena_zero(bound->arena, 2 * (size_t)bound->docs);
    if (!counts) return -1;
    for (int i = 0; i < node->n_children; i++) {
        count_set(bound, counts, &node->children[i]->set, child_weight(node, i));
    }
    uint64_t *bits = new_bits(bound);
    if (!bits) return -1;
    for (uint32_t doc = 0; doc < bound->docs; doc++) {
        if (counts[doc] >= node->at_least) set_bit(bits, doc);
    }
    node->set = (Set){SET_BITS, 0, NULL, bits};
    return 0;
}

/* The child of most documents among those that are left, or -1. */
static int largest(const Bound *bound, const Node *node, const uint8_t *is_other) {
    int found = -1;
    uint32_t most = 0;
    for (int i = 0; i < node->n_children; i++) {
        const uint32_t size = is_other[i] ? 0 : set_count(bound, &node->children[i]->set);
        if (size <= most) continue;
        most = size;
        found = i;
    }
    return found;
}

/* Marks children, the largest first, that together do not come to enough: a document of none of the
   others is none that is wanted. */
static void mark_others(const Bound *bound, const Node *node, uint8_t *is_other) {
    int sum = 0, next;
    while ((next = largest(bound, node, is_other)) >= 0) {
        sum += child_weight(node, next);
        if (sum >= node->at_least) return;
        is_other[next] = 1;
    }
}

static int holds_enough(const Node *node, uint32_t doc) {
    int sum = 0;
    for (int i = 0; i < node->n_children; i++) {
        if (set_has(&node->children[i]->set, doc)) sum += child_weight(node, i);
    }
    return sum >= node->at_least;
}

static void keep_enough(const Bound *bound, const Node *node, Set *set) {
    if (set->kind == SET_LIST) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < set->n; i++) {
            if (holds_enough(node, set->docs[i])) set->docs[kept++] = set->docs[i];
        }
        set->n = kept;
        return;
    }
    for (uint32_t w = 0; w < bound->words; w++) {
        uint64_t kept = set->bits[w];
        for (uint64_t left = kept; left; left &= left - 1) {
            const int bit = __builtin_ctzll(left);
            if (!holds_enough(node, 64 * w + (uint32_t)bit)) kept &= ~(1ull << bit);
        }
        set->bits[w] = kept;
    }
}

/* Asking all children of a document takes as long as counting so many documents for each of them. */
#define ASK_COST 4

int match_some(Bound *bound, Node *node) {
    uint8_t *is_other = arena_zero(bound->arena, (size_t)node->n_children + 1);
    uint64_t counted = bound->docs;
    if (!is_other) return -1;
    for (int i = 0; i < node->n_children; i++) {
        if (match_node(bound, node->children[i]) < 0) return -1;
        counted += set_count(bound, &node->children[i]->set);
    }
    mark_others(bound, node, is_other);
    Set some = no_set();
    for (int i = 0; i < node->n_children; i++) {
        if (!is_other[i] && set_add(bound, &some, &node->children[i]->set) < 0) return -1;
    }
    if ((uint64_t)set_count(bound, &some) * (uint64_t)node->n_children * ASK_COST > counted ||
        some.kind == SET_ALL)
        return count_all(bound, node);
    if (some.kind != SET_NONE) keep_enough(bound, node, &some);
    node->set = some;
    return arena_bad(bound->arena) ? -1 : 0;
}
