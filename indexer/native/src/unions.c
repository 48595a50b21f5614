/* Unions and intersections of postings. */
#include "sets.h"

uint32_t copy_docs(List *list, uint32_t *out) {
    uint32_t n = 0;
    for (uint32_t block = 0; block < list->blocks; block++) {
        if (!list->is_short && list_load(list, block) < 0) return n;
        memcpy(out + n, list->docs, 4 * (size_t)list->n);
        n += list->n;
    }
    return n;
}

static int union_as_list(Bound *bound, List **lists, int n, uint64_t total, Set *set) {
    uint32_t *docs = arena_alloc(bound->arena, 4 * (size_t)total + 4);
    if (!docs) return -1;
    uint32_t used = 0;
    for (int i = 0; i < n; i++) used += copy_docs(lists[i], docs + used);
    if (n > 1) used = unique_docs(docs, used);
    *set = (Set){SET_LIST, used, docs, NULL};
    return arena_bad(bound->arena) ? -1 : 0;
}

int add_to_bits(Bound *bound, uint64_t *bits, List *list) {
    const Dense *dense = list_dense(list);
    if (dense) {
        for (uint32_t w = 0; w < bound->words; w++) bits[w] |= dense->bits[w];
        return 0;
    }
    for (uint32_t block = 0; block < list->blocks; block++) {
        if (!list->is_short && list_load(list, block) < 0) return -1;
        for (uint32_t i = 0; i < list->n; i++) set_bit(bits, list->docs[i]);
    }
    return 0;
}

int union_lists(Bound *bound, List **lists, int n, Set *set) {
    uint64_t total = 0;
    for (int i = 0; i < n; i++) total += lists[i]->df;
    if (!total) {
        *set = no_set();
        return 0;
    }
    if (total < bound->docs / LIST_SHARE + 16 && (n == 1 || total <= MOST_SORTED))
        return union_as_list(bound, lists, n, total, set);
    const Dense *dense = n == 1 ? list_dense(lists[0]) : NULL;
    if (dense) {
        Set one = {SET_BITS, 0, NULL, dense->bits};
        *set = copy_set(bound, &one);
        return arena_bad(bound->arena) ? -1 : 0;
    }
    uint64_t *bits = new_bits(bound);
    if (!bits) return -1;
    for (int i = 0; i < n; i++) {
        if (add_to_bits(bound, bits, lists[i]) < 0) return -1;
    }
    *set = (Set){SET_BITS, 0, NULL, bits};
    return arena_bad(bound->arena) ? -1 : 0;
}

static int keep_in_list(Set *set, List *list) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < set->n; i++) {
        int found = list_seek(list, set->docs[i]);
        if (found < 0) return -1;
        if (found) set->docs[kept++] = set->docs[i];
    }
    set->n = kept;
    return 0;
}

/* Intersects lists, the rarest first. Where even that is dense, whole words of bits at a time. */
int intersect_lists(Bound *bound, List **lists, int n, Set *set) {
    for (int i = 1; i < n; i++) {
        List *list = lists[i];
        int place = i;
        for (; place > 0 && lists[place - 1]->df > list->df; place--)
            lists[place] = lists[place - 1];
        lists[place] = list;
    }
    const Dense *rarest = list_dense(lists[0]);
    if (!rarest && union_as_list(bound, lists, 1, lists[0]->df, set) < 0) return -1;
    if (rarest) {
        *set = (Set){SET_BITS, 0, NULL, arena_alloc(bound->arena, 8 * (size_t)bound->words)};
        if (!set->bits) return -1;
        memcpy(set->bits, rarest->bits, 8 * (size_t)bound->words);
    }
    for (int i = 1; i < n; i++) {
        const Dense *dense = list_dense(lists[i]);
        if (dense) {
            Set other = {SET_BITS, 0, NULL, dense->bits};
            if (set_keep(bound, set, &other) < 0) return -1;
        } else if (set->kind == SET_LIST) {
            if (keep_in_list(set, lists[i]) < 0) return -1;
        } else {
            Set other = no_set();
            if (union_lists(bound, &lists[i], 1, &other) < 0 || set_keep(bound, set, &other) < 0)
                return -1;
        }
    }
    return arena_bad(bound->arena) ? -1 : 0;
}
