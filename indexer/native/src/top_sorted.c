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

/* Bits over a column of four bytes, as days are: most documents cost one comparison. */
static int collect_sorted_bits(Bound *bound, Top *top, const KeyColumns *columns,
                               const Set *matches) {
    const uint8_t *values = columns->columns[0]->values;
    const int descending = top->keys[0].descending;
    int64_t worst = 0;
    int full = 0;
    for (uint32_t w = 0; w < bound->words; w++) {
        for (uint64_t left = matches->bits[w]; left; left &= left - 1) {
            uint32_t doc = 64 * w + (uint32_t)__builtin_ctzll(left);
            int64_t first = load_u32(values + 4 * (size_t)doc);
            if (full && (descending ? first < worst : first > worst)) continue;
            if (push_sorted(bound, top, columns, doc, first) < 0) return -1;
            full = is_full(top);
            worst = top->worst.keys[0];
        }
    }
    return 0;
}

int collect_sorted(Bound *bound, Top *top, const KeyColumns *columns, const Set *matches) {
    const Column *column = columns->columns[0];
    if (column && column->type == 'I' && !top->keys[0].has_zero_as && matches->kind == SET_BITS)
        return collect_sorted_bits(bound, top, columns, matches);
    Walk walk = walk_from(bound, matches, 0, bound->docs);
    uint32_t doc;
    while (walk_next(&walk, &doc)) {
        if (push_sorted(bound, top, columns, doc, key_of(top, columns, 0, doc)) < 0) return -1;
    }
    return 0;
}

