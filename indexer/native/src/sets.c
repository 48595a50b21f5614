/* Sets of documents: lists where they are few, bits where many. */
#include "sets.h"

#include <stdlib.h>

uint64_t *new_bits(Bound *bound) {
    return arena_zero(bound->arena, 8 * (size_t)bound->words);
}

#if defined(__x86_64__) && !defined(__POPCNT__)
/* A plain build must not rely on the instruction, which all processors since 2008 have. */
__attribute__((target("popcnt"))) static uint32_t count_quickly(const uint64_t *bits, size_t words) {
    uint64_t count = 0;
    for (size_t i = 0; i < words; i++) count += (uint64_t)__builtin_popcountll(bits[i]);
    return (uint32_t)count;
}
#endif

uint32_t count_bits(const uint64_t *bits, size_t words) {
#if defined(__x86_64__) && !defined(__POPCNT__)
    if (__builtin_cpu_supports("popcnt")) return count_quickly(bits, words);
#endif
    uint64_t count = 0;
    for (size_t i = 0; i < words; i++) count += popcount64(bits[i]);
    return (uint32_t)count;
}

uint32_t set_count(const Bound *bound, const Set *set) {
    if (set->kind == SET_LIST) return set->n;
    if (set->kind == SET_ALL) return bound->docs;
    if (set->kind == SET_NONE) return 0;
    return count_bits(set->bits, bound->words);
}

int set_has(const Set *set, uint32_t doc) {
    if (set->kind == SET_BITS) return has_bit(set->bits, doc);
    if (set->kind == SET_ALL) return 1;
    uint32_t low = 0, high = set->kind == SET_LIST ? set->n : 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (set->docs[middle] < doc)
            low = middle + 1;
        else
            high = middle;
    }
    return set->kind == SET_LIST && low < set->n && set->docs[low] == doc;
}

int set_to_bits(Bound *bound, Set *set) {
    if (set->kind == SET_BITS) return 0;
    uint64_t *bits = new_bits(bound);
    if (!bits) return -1;
    if (set->kind == SET_LIST) {
        for (uint32_t i = 0; i < set->n; i++) set_bit(bits, set->docs[i]);
    } else if (set->kind == SET_ALL) {
        memset(bits, 255, 8 * (size_t)bound->words);
        if (bound->docs % 64) bits[bound->words - 1] = (1ull << (bound->docs % 64)) - 1;
    }
    *set = (Set){SET_BITS, 0, NULL, bits};
    return 0;
}

int set_remove_deleted(Bound *bound, Set *set) {
    const Segment *segment = bound->segment;
    if (!segment->n_deleted || set->kind == SET_NONE) return 0;
    if (set->kind == SET_LIST) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < set->n; i++) {
            if (!is_deleted(segment, set->docs[i])) set->docs[kept++] = set->docs[i];
        }
        set->n = kept;
        return 0;
    }
    if (set_to_bits(bound, set) < 0) return -1;
    size_t bytes = ((size_t)bound->docs + 7) / 8;
    uint8_t *bits = (uint8_t *)set->bits;
    for (size_t i = 0; i < bytes; i++) bits[i] &= (uint8_t)~segment->deleted[i];
    return 0;
}

static int compare_docs(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

uint32_t unique_docs(uint32_t *docs, uint32_t n) {
    qsort(docs, n, 4, compare_docs);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!kept || docs[kept - 1] != docs[i]) docs[kept++] = docs[i];
    }
    return kept;
}

int set_keep(Bound *bound, Set *set, const Set *other) {
    if (other->kind == SET_ALL) return 0;
    if (set->kind == SET_LIST) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < set->n; i++) {
            if (set_has(other, set->docs[i])) set->docs[kept++] = set->docs[i];
        }
        set->n = kept;
        return 0;
    }
    if (other->kind == SET_NONE) {
        *set = no_set();
        return 0;
    }
    if (other->kind == SET_LIST) {
        uint32_t *docs = arena_alloc(bound->arena, 4 * (size_t)other->n + 4), kept = 0;
        if (!docs) return -1;
        for (uint32_t i = 0; i < other->n; i++) {
            if (set_has(set, other->docs[i])) docs[kept++] = other->docs[i];
        }
        *set = (Set){SET_LIST, kept, docs, NULL};
        return 0;
    }
    if (set_to_bits(bound, set) < 0) return -1;
    for (uint32_t w = 0; w < bound->words; w++) set->bits[w] &= other->bits[w];
    return 0;
}

int set_remove(Bound *bound, Set *set, const Set *other) {
    if (other->kind == SET_NONE || set->kind == SET_NONE) return 0;
    if (other->kind == SET_ALL) {
        *set = no_set();
        return 0;
    }
    if (set->kind == SET_LIST) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < set->n; i++) {
            if (!set_has(other, set->docs[i])) set->docs[kept++] = set->docs[i];
        }
        set->n = kept;
        return 0;
    }
    if (set_to_bits(bound, set) < 0) return -1;
    if (other->kind == SET_BITS) {
        for (uint32_t w = 0; w < bound->words; w++) set->bits[w] &= ~other->bits[w];
    } else {
        for (uint32_t i = 0; i < other->n; i++)
            set->bits[other->docs[i] >> 6] &= ~(1ull << (other->docs[i] & 63));
    }
    return 0;
}

Set copy_set(Bound *bound, const Set *set) {
    Set copy = *set;
    size_t size = set->kind == SET_LIST ? 4 * (size_t)set->n + 4 : 8 * (size_t)bound->words;
    void *data = set->kind == SET_LIST || set->kind == SET_BITS ? arena_alloc(bound->arena, size)
                                                                : NULL;
    if (!data) return copy;
    if (set->kind == SET_LIST) {
        if (set->n) memcpy(data, set->docs, 4 * (size_t)set->n);
        copy.docs = data;
    } else {
        memcpy(data, set->bits, size);
        copy.bits = data;
    }
    return copy;
}

int set_add(Bound *bound, Set *set, const Set *other) {
    if (other->kind == SET_NONE || set->kind == SET_ALL) return 0;
    if (set->kind == SET_NONE || other->kind == SET_ALL) {
        *set = copy_set(bound, other);
        return 0;
    }
    if (set->kind == SET_LIST && other->kind == SET_LIST &&
        set->n + (uint64_t)other->n < bound->docs / LIST_SHARE + 16) {
        uint32_t *docs = arena_alloc(bound->arena, 4 * ((size_t)set->n + other->n) + 4);
        if (!docs) return -1;
        if (set->n) memcpy(docs, set->docs, 4 * (size_t)set->n);
        if (other->n) memcpy(docs + set->n, other->docs, 4 * (size_t)other->n);
        set->n = unique_docs(docs, set->n + other->n);
        set->docs = docs;
        return 0;
    }
    if (set_to_bits(bound, set) < 0) return -1;
    if (other->kind == SET_BITS) {
        for (uint32_t w = 0; w < bound->words; w++) set->bits[w] |= other->bits[w];
    } else {
        for (uint32_t i = 0; i < other->n; i++) set_bit(set->bits, other->docs[i]);
    }
    return 0;
}
