/* Groups of documents that share a band of their signatures, or a key.
 *
 * Most values of a band are of one document alone, and are left out by a filter that may let some of
 * them pass. The others are sorted by some bits of their hashes, which is quicker than by themselves:
 * hardly any two that differ share those. */
#include "kin.h"

#include <stdlib.h>

#define ROWS 3
#define BANDS (BINS / ROWS)
#define RADIX_BITS 12
#define RADIX (1u << RADIX_BITS)
#define HASH_BITS (2 * RADIX_BITS)
/* Bits of the filter for each document, at most one a hash. */
#define FILTER_BITS 8
/* Bands that are read of a signature while it is in the processor's cache. */
#define AT_ONCE 4

typedef struct {
    uint64_t value;
    uint32_t doc, hash;
} Entry;

/* What is needed to sort the values of one band: those of some bands, band by band, 0 for none. A bit
 * of `once` and `twice` is of the hashes that share their first bits: one was met, a second was. */
typedef struct {
    Entry *entries, *other;
    uint32_t *counts;
    uint64_t *values, *once, *twice;
    size_t filter; /* bytes of each */
    int shift;     /* from a hash to its bit */
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

static inline uint32_t hash_of(uint64_t value) {
    return (uint32_t)(value * 0x9e3779b97f4a7c15u >> (64 - HASH_BITS));
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

/* Makes entries of the values that may be of several documents: how many. */
static uint32_t leave_out_single(const Sorting *sorting, const uint64_t *values, uint32_t docs) {
    memset(sorting->once, 0, sorting->filter);
    memset(sorting->twice, 0, sorting->filter);
    for (uint32_t doc = 0; doc < docs; doc++) {
        uint32_t bit = hash_of(values[doc]) >> sorting->shift;
        uint64_t mask = (uint64_t)(values[doc] != 0) << bit % 64;
        sorting->twice[bit / 64] |= sorting->once[bit / 64] & mask;
        sorting->once[bit / 64] |= mask;
    }
    uint32_t kept = 0;
    for (uint32_t doc = 0; doc < docs; doc++) {
        uint32_t hash = hash_of(values[doc]), bit = hash >> sorting->shift;
        sorting->entries[kept] = (Entry){values[doc], doc, hash};
        kept += (values[doc] != 0) & (uint32_t)(sorting->twice[bit / 64] >> bit % 64);
    }
    return kept;
}

/* Makes a group of all documents of one value, at least two. */
static int add_groups(Families *self, const Sorting *sorting, const uint64_t *values) {
    Entry *entries = sorting->entries;
    uint32_t n = leave_out_single(sorting, values, self->n);
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

static inline void read_filled(const uint8_t *signature, uint64_t filled[BINS / 64]) {
    for (int eight = 0; eight < BINS / 8; eight++) {
        if (eight % 8 == 0) filled[eight / 8] = 0;
        filled[eight / 8] |= filled_bytes(signature + 8 * eight) << 8 * (eight % 8);
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

static void read_bands(const Families *self, int first, int count, uint64_t *values) {
    for (uint32_t doc = 0; doc < self->n; doc++) {
        const uint8_t *signature = self->signatures + (size_t)doc * BINS;
        uint64_t filled[BINS / 64];
        read_filled(signature, filled);
        for (int i = 0; i < count; i++) values[(size_t)i * self->n + doc] = band_of(signature, filled, first + i);
    }
}

/* Makes room for the values of a band: 0, or -1 without memory. */
static int start_sorting(Sorting *sorting, uint32_t n) {
    size_t room = (size_t)n + 1;
    int bits = 6;
    while (bits < HASH_BITS && (size_t)1 << bits < room * FILTER_BITS) bits++;
    *sorting = (Sorting){.filter = (size_t)1 << bits >> 3, .shift = HASH_BITS - bits};
    sorting->entries = malloc(room * sizeof(Entry));
    sorting->other = malloc(room * sizeof(Entry));
    sorting->counts = malloc(RADIX * sizeof(uint32_t));
    sorting->values = malloc(AT_ONCE * room * sizeof(uint64_t));
    sorting->once = malloc(sorting->filter);
    sorting->twice = malloc(sorting->filter);
    int made = sorting->entries && sorting->other && sorting->counts && sorting->values;
    return made && sorting->once && sorting->twice ? 0 : -1;
}

static void end_sorting(Sorting *sorting) {
    free(sorting->entries);
    free(sorting->other);
    free(sorting->counts);
    free(sorting->values);
    free(sorting->once);
    free(sorting->twice);
}

/* Finds the groups of some bands, or of the keys where there are none. */
static int find_some(Families *self, int first, int end) {
    Sorting sorting;
    int failed = start_sorting(&sorting, self->n);
    if (!failed && first == end) failed = add_groups(self, &sorting, self->keys);
    for (int band = first; !failed && band < end; band += AT_ONCE) {
        int count = end - band < AT_ONCE ? end - band : AT_ONCE;
        read_bands(self, band, count, sorting.values);
        for (int i = 0; !failed && i < count; i++)
            failed = add_groups(self, &sorting, sorting.values + (size_t)i * self->n);
    }
    end_sorting(&sorting);
    return failed;
}

/* The second half of the bands, for a thread that needs no Python. */
typedef struct {
    Families families;
    PyThread_type_lock done;
    int failed;
} Half;

static void find_half(void *half) {
    Half *self = half;
    self->failed = find_some(&self->families, BANDS / 2, BANDS);
    PyThread_release_lock(self->done);
}

/* Appends the groups of another, which are numbered from where those before end. */
static int append_groups(Families *self, const Families *other) {
    size_t before = self->members.count;
    for (size_t i = 0; i < other->members.count; i++)
        if (add_number(&self->members, other->members.items[i]) < 0) return -1;
    for (size_t i = 0; i < other->ends.count; i++)
        if (add_number(&self->ends, before + other->ends.items[i]) < 0) return -1;
    return 0;
}

static int find_in_halves(Families *self, PyThread_type_lock done) {
    Half half = {*self, done, 0};
    PyThread_acquire_lock(done, WAIT_LOCK);
    int alone = PyThread_start_new_thread(find_half, &half) == PYTHREAD_INVALID_THREAD_ID;
    int failed = find_some(self, 0, BANDS / 2);
    if (alone) find_half(&half);
    PyThread_acquire_lock(done, WAIT_LOCK); /* the other has ended */
    PyThread_release_lock(done);
    if (!failed && !half.failed) failed = append_groups(self, &half.families);
    free_numbers(&half.families.members);
    free_numbers(&half.families.ends);
    return failed || half.failed ? -1 : 0;
}

int find_groups(Families *self, int helped) {
    PyThread_type_lock done = helped ? PyThread_allocate_lock() : NULL;
    int failed = done ? find_in_halves(self, done) : find_some(self, 0, BANDS);
    if (done) PyThread_free_lock(done);
    self->key_groups = (uint32_t)self->ends.count;
    return failed ? -1 : find_some(self, BANDS, BANDS);
}
