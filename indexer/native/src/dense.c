/* The documents of a term that many hold, as bits: made when first needed, shared by all searches. */
#include "segment.h"

#include <stdatomic.h>
#include <stdlib.h>

const Dense *known_dense(Segment *segment, const Field *field, uint32_t place) {
    Dense *dense = atomic_load_explicit(&segment->dense[place % DENSE_BUCKETS], memory_order_acquire);
    while (dense && (dense->place != place || dense->field != field)) dense = dense->next;
    return dense;
}

static void count_ranks(Dense *dense, uint32_t words) {
    uint32_t rank = 0;
    for (uint32_t w = 0; w < words; w++) {
        dense->ranks[w] = rank;
        rank += popcount64(dense->bits[w]);
    }
}

static Dense *make_dense(List *list, uint32_t words, size_t size) {
    Dense *dense = calloc(1, size);
    if (!dense) return NULL;
    dense->field = list->field;
    dense->place = list->place;
    dense->bits = (uint64_t *)(dense + 1);
    dense->ranks = (uint32_t *)(dense->bits + words);
    for (uint32_t block = 0; block < list->blocks; block++) {
        if (list_load(list, block) < 0) {
            free(dense);
            return NULL;
        }
        for (uint32_t i = 0; i < list->n; i++)
            dense->bits[list->docs[i] >> 6] |= 1ull << (list->docs[i] & 63);
    }
    count_ranks(dense, words);
    return dense;
}

const Dense *list_dense(List *list) {
    Segment *segment = list->segment;
    if (list->dense) return list->dense;
    if (list->is_short || list->df < segment->docs / DENSE_SHARE) return NULL;
    uint32_t words = (segment->docs + 63) / 64;
    size_t size = sizeof(Dense) + 12 * (size_t)words;
    size_t most = 48 * (size_t)segment->docs < (8u << 20) ? 8u << 20 : 48 * (size_t)segment->docs;
    if (atomic_fetch_add(&segment->dense_bytes, size) + size > most) {
        atomic_fetch_sub(&segment->dense_bytes, size);
        return NULL;
    }
    Dense *dense = make_dense(list, words, size);
    if (!dense) {
        atomic_fetch_sub(&segment->dense_bytes, size);
        return NULL;
    }
    _Atomic(Dense *) *bucket = &segment->dense[list->place % DENSE_BUCKETS];
    dense->next = atomic_load(bucket);
    while (!atomic_compare_exchange_weak(bucket, &dense->next, dense)) {
    }
    return list->dense = dense;
}

void free_dense(Segment *segment) {
    for (int i = 0; i < DENSE_BUCKETS; i++) {
        Dense *dense = atomic_load(&segment->dense[i]);
        while (dense) {
            Dense *next = dense->next;
            free(dense);
            dense = next;
        }
    }
}
