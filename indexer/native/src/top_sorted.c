/* The first documents in the order of a column. */
#include "top.h"

/* Pushes a document whose first key is known, unless the worst is better. */
static int push_sorted(Bound *bound, Top *top, const KeyColumns *columns, uint32_t doc,
                       int64_t first) {
    if (is_full(top)) {
        int64_t worst = top->worst.keys[0];
        if (top->keys[0].descending ? first < worst : first > worst) return 0;
        if (top->n_keys == 1 && first == worst && bound->base + doc > top->worst.doc) return 0;
    }
    Hit hit = {.doc = bound->base + doc, .code = code_of(bound, doc), .keys = {first}};
    for (int i = 1; i < top->n_keys; i++) {
        if (top->keys[i].name) hit.keys[i] = key_of(top, columns, i, doc);
    }
    if (top->has_score) node_score(bound, bound->root, doc, &hit.score);
    return push(bound, top, &hit) < 0 || arena_bad(bound->arena) ? -1 : 0;
}

/* The best that a first key can be in a zone. */
static int64_t best_of(const Key *key, const Zone *zone) {
    const int has_zero = key->has_zero_as && zone->low <= key->zero && zone->high >= key->zero;
    if (key->descending) return has_zero && key->zero_as > zone->high ? key->zero_as : zone->high;
    return has_zero && key->zero_as < zone->low ? key->zero_as : zone->low;
}

static inline int is_better(const Key *key, int64_t a, int64_t b) {
    return key->descending ? a > b : a < b;
}

/* The matches in a zone, as bits. */
static inline uint64_t matches_of_zone(const Bound *bound, const Set *matches, uint32_t at) {
    const uint64_t all = at + 1 == bound->words && bound->docs % ZONE_DOCS
                             ? (1ull << bound->docs % ZONE_DOCS) - 1 : UINT64_MAX;
    return matches->kind == SET_BITS ? matches->bits[at] & all : all;
}

/* Zones that hold nothing better than the worst are left out, which are most where those that hold
   the best come first: what was added last is often what comes first. */
static int collect_zones(Bound *bound, Top *top, const KeyColumns *columns, const Set *matches,
                         const Zone *zones) {
    const Key *key = &top->keys[0];
    const uint32_t n = bound->words;
    const int backward = is_better(key, best_of(key, &zones[n - 1]), best_of(key, &zones[0]));
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t at = backward ? n - 1 - i : i;
        uint64_t left = matches_of_zone(bound, matches, at);
        if (!left || (is_full(top) && is_better(key, top->worst.keys[0], best_of(key, &zones[at]))))
            continue;
        for (; left; left &= left - 1) {
            const uint32_t doc = ZONE_DOCS * at + (uint32_t)__builtin_ctzll(left);
            if (push_sorted(bound, top, columns, doc, key_of(top, columns, 0, doc)) < 0) return -1;
        }
    }
    return 0;
}

int collect_sorted(Bound *bound, Top *top, const KeyColumns *columns, const Set *matches) {
    const Column *column = columns->columns[0];
    const Zone *zones =
        column && matches->kind != SET_LIST ? column_zones(column, bound->docs) : NULL;
    if (zones) return collect_zones(bound, top, columns, matches, zones);
    Walk walk = walk_from(bound, matches, 0, bound->docs);
    uint32_t doc;
    while (walk_next(&walk, &doc)) {
        if (push_sorted(bound, top, columns, doc, key_of(top, columns, 0, doc)) < 0) return -1;
    }
    return 0;
}
