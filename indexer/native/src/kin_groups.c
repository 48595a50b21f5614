/* Groups of documents that share a band of their signatures, or a key.
 *
 * The values of a band are sorted by some bits of their hashes, which is quicker than by themselves:
 * hardly any two that differ share those. */
#include "kin.h"

#include <stdlib.h>

#define ROWS 3
#define BANDS (BINS / ROWS)
#define RADIX_BITS 12
#define RADIX (1u << RADIX_BITS)
#define HASH_BITS (2 * RADIX_BITS)

typedef struct {
    uint64_t value;
    uint32_t doc, hash;
} Entry;

/* What is needed to sort the values of one band, and the bins that each document fills. */
typedef struct {
    Entry *entries, *other;
    uint32_t *counts;
    uint64_t *filled;
} Sorting;

void free_numbers(Numbers *numbers) {
    free(numbers->items);
    *numbers = (Numbers){0};
}

static int add_number(Numbers *numbers, size_t number) {
    if (number > UINT32_MAX) return -1;
    if (numbers->count == numbers->room) {
        size_t room = numbers->room ? 2 * numbers->room : 1024;
        uint32_t *items = realloc(numbers->items, room * sizeof *items);
        if (!items) return -1;
        numbers->items = items;
        numbers->room = room;
    }
    numbers->items[numbers->count++] = (uint32_t)number;
    return 0;
}

/* Sorting ------------------------------------------------------------------------------------- */

static inline Entry entry_of(uint64_t value, uint32_t doc) {
    return (Entry){value, doc, (uint32_t)(value * 0x9e3779b97f4a7c15u >> (64 - HASH_BITS))};
}

/* One pass of a stable sort, by some bits of the hashes. */
static void sort_by_bits(const Entry *from, Entry *to, uint32_t n, int shift, uint32_t *counts) {
    memset(counts, 0, RADIX * sizeof *counts);
    for (uint32_t i = 0; i < n; i++) counts[from[i].hash >> shift & (RADIX - 1)]++;
    for (uint32_t digit = 0, sum = 0; digit < RADIX; digit++) {
        uint32_t count = counts[digit];
        counts[digit] = sum;
        sum += count;
    }
    for (uint32_t i = 0; i < n; i++) to[counts[from[i].hash >> shift & (RADIX - 1)]++] = from[i];
}

static int by_value(const void *one, const void *other) {
    const Entry *a = one, *b = other;
    if (a->value != b->value) return a->value < b->value ? -1 : 1;
    return a->doc < b->doc ? -1 : a->doc > b->doc;
}

/* Makes a group of each run of equal values. */
static int add_runs(Families *self, const Entry *entries, uint32_t n) {
    for (uint32_t start = 0, end; start < n; start = end) {
        for (end = start + 1; end < n && entries[end].value == entries[start].value;) end++;
        if (end == start + 1) continue;
        for (uint32_t at = start; at < end; at++) {
            if (add_number(&self->members, entries[at].doc) < 0) return -1;
        }
        if (add_number(&self->ends, self->members.count) < 0) return -1;
    }
    return 0;
}

/* Makes a group of all documents of one value, at least two. */
static int add_groups(Families *self, Sorting *sorting, uint32_t n) {
    Entry *entries = sorting->entries;
    sort_by_bits(entries, sorting->other, n, 0, sorting->counts);
    sort_by_bits(sorting->other, entries, n, RADIX_BITS, sorting->counts);
    for (uint32_t start = 0, end; start < n; start = end) {
        int differ = 0;
        for (end = start + 1; end < n && entries[end].hash == entries[start].hash; end++)
            differ |= entries[end].value != entries[start].value;
        if (differ) qsort(entries + start, end - start, sizeof *entries, by_value);
        if (end > start + 1 && add_runs(self, entries + start, end - start) < 0) return -1;
    }
    return 0;
}

/* Bands --------------------------------------------------------------------------------------- */

/* A bit for each of eight bytes, those that are not zero. */
static inline uint64_t filled_bytes(const uint8_t *bytes) {
    uint64_t x = load_u64(bytes), low = 0x7f7f7f7f7f7f7f7fu;
    return (((((x & low) + low) | x) & ~low) >> 7) * 0x0102040810204080u >> 56;
}

static void read_filled(const Families *self, uint64_t *filled) {
    for (size_t eight = 0; eight < (size_t)self->n * BINS / 8; eight++) {
        if (eight % 8 == 0) filled[eight / 8] = 0;
        filled[eight / 8] |= filled_bytes(self->signatures + 8 * eight) << 8 * (eight % 8);
    }
}

/* The first bins that are filled from a band's start on, the first ones following the last: which
   they are, and their bytes. 0 where the signature is empty. */
static inline uint64_t band_of(const uint8_t *signature, const uint64_t *filled, int band) {
    int start = band * ROWS, shift = start % 64;
    uint64_t here = filled[start / 64], there = filled[1 - start / 64];
    /* Sixty-four bins from the start on, and those that are left from the end of them. */
    uint64_t near = shift ? here >> shift | there << (64 - shift) : here;
    uint64_t far = shift ? there >> shift | here << (64 - shift) : there;
    uint64_t value = 0;
    for (int found = 0; found < ROWS; found++) {
        if (!near && !far) break;
        int step = near ? __builtin_ctzll(near) : 64 + __builtin_ctzll(far);
        int bin = (start + step) % BINS;
        near &= near - 1;
        if (step >= 64) near = 0, far &= far - 1;
        value = value << 15 | (uint64_t)bin << 8 | signature[bin];
    }
    return value;
}

static uint32_t read_band(const Families *self, int band, const Sorting *sorting) {
    uint32_t n = 0;
    for (uint32_t doc = 0; doc < self->n; doc++) {
        uint64_t value = band_of(self->signatures + (size_t)doc * BINS, sorting->filled + 2 * (size_t)doc, band);
        sorting->entries[n] = entry_of(value, doc);
        n += value != 0;
    }
    return n;
}

static uint32_t read_keys(const Families *self, const Sorting *sorting) {
    uint32_t n = 0;
    for (uint32_t doc = 0; doc < self->n; doc++) {
        sorting->entries[n] = entry_of(self->keys[doc], doc);
        n += self->keys[doc] != 0;
    }
    return n;
}

int find_groups(Families *self) {
    size_t room = (size_t)self->n + 1;
    Sorting sorting = {malloc(room * sizeof(Entry)), malloc(room * sizeof(Entry)), malloc(RADIX * sizeof(uint32_t)),
                       malloc(2 * room * sizeof(uint64_t))};
    int failed = sorting.entries && sorting.other && sorting.counts && sorting.filled ? 0 : -1;
    if (!failed) read_filled(self, sorting.filled);
    for (int band = 0; !failed && band < BANDS; band++)
        failed = add_groups(self, &sorting, read_band(self, band, &sorting));
    self->key_groups = (uint32_t)self->ends.count;
    if (!failed) failed = add_groups(self, &sorting, read_keys(self, &sorting));
    free(sorting.entries);
    free(sorting.other);
    free(sorting.counts);
    free(sorting.filled);
    return failed;
}
