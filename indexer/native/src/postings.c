/* Cursors over the postings of a term, its documents as bits, and its positions. */
#include "segment.h"
#include "bitpack.h"

#include <stdatomic.h>
#include <stdlib.h>

static int bad(List *list, const char *what) {
    arena_damage(list->arena, list->segment, what);
    return -1;
}

/* Reads a run of `n` postings after document `before` (-1 as UINT32_MAX): where it ends, or NULL. */
static const uint8_t *read_run(const uint8_t *at, const uint8_t *end, uint32_t before, uint32_t n,
                               uint32_t docs, uint32_t *out_docs, uint32_t *out_tfs) {
    uint64_t doc = (uint64_t)(int64_t)(int32_t)before;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t value;
        if (at < end && *at < 128) {
            value = *at++;
        } else if (!(at = read_varint(at, end, &value))) {
            return NULL;
        }
        doc += (value >> 1) + 1;
        if (doc >= docs) return NULL;
        out_docs[i] = (uint32_t)doc;
        if (value & 1) {
            out_tfs[i] = 1;
        } else if (!(at = read_varint(at, end, &out_tfs[i])) || !out_tfs[i]) {
            return NULL;
        }
    }
    return at;
}

static int open_short(List *list, const uint8_t *at, const uint8_t *end) {
    list->docs = arena_alloc(list->arena, 4 * (size_t)list->df);
    list->tfs = arena_alloc(list->arena, 4 * (size_t)list->df);
    if (!list->docs || !list->tfs) return -1;
    at = read_run(at, end, UINT32_MAX, list->df, list->segment->docs, list->docs, list->tfs);
    if (!at) return bad(list, "postings cut short");
    list->is_short = 1;
    list->blocks = 1;
    list->pos = at;
    list->pos_end = end;
    list->n = list->df;
    list->last = list->docs[list->df - 1];
    return 0;
}

static int open_long(List *list, const uint8_t *at, const uint8_t *end) {
    const Field *field = list->field;
    list->blocks = (list->df + BLOCK - 1) / BLOCK;
    if ((uint64_t)(end - at) < LONG_HEADER + (uint64_t)list->blocks * SKIP_ENTRY)
        return bad(list, "postings cut short");
    uint64_t pos_start = load_u64(at);
    list->data_len = load_u32(at + 8);
    uint32_t pos_len = load_u32(at + 12);
    list->skip = at + LONG_HEADER;
    list->data = list->skip + (uint64_t)list->blocks * SKIP_ENTRY;
    if ((uint64_t)(end - list->data) < list->data_len) return bad(list, "postings cut short");
    if (pos_start > field->positions_len || field->positions_len - pos_start < pos_len)
        return bad(list, "positions out of the file");
    list->pos = field->positions ? field->positions + pos_start : NULL;
    list->pos_end = list->pos ? list->pos + pos_len : NULL;
    list->docs = arena_alloc(list->arena, 4 * BLOCK);
    list->tfs = arena_alloc(list->arena, 4 * BLOCK);
    if (!list->docs || !list->tfs) return -1;
    list->block = list->current = list->tf_block = NO_BLOCK;
    return 0;
}

static const Dense *find_dense(Segment *segment, const Field *field, uint32_t place) {
    Dense *dense = atomic_load_explicit(&segment->dense[place % DENSE_BUCKETS], memory_order_acquire);
    while (dense && (dense->place != place || dense->field != field)) dense = dense->next;
    return dense;
}

List *list_open(Arena *arena, Segment *segment, const Field *field, uint32_t place) {
    List *list = arena_zero(arena, sizeof(List));
    if (!list) return NULL;
    list->arena = arena;
    list->segment = segment;
    list->field = field;
    list->place = place;
    uint64_t offset = load_u64(field->infos + 16 * (size_t)place);
    if (term_frequencies(segment, field, place, &list->df, &list->cf) < 0 ||
        offset >= field->postings_len) {
        bad(list, "term table out of range");
        return NULL;
    }
    const uint8_t *at = field->postings + offset;
    const uint8_t *end = field->postings + field->postings_len;
    int state = list->df < BLOCK ? open_short(list, at, end) : open_long(list, at, end);
    if (state < 0) return NULL;
    if (!list->is_short) list->dense = find_dense(segment, field, place);
    return list;
}

/* Unpacks documents: those of one width are one loop without a branch. */
static void unpack_gaps(const uint8_t *in, uint32_t *out, int bits) {
    const uint32_t add = 1;
    switch (bits) {
        UNPACK_CASES_8(0) UNPACK_CASES_8(8) UNPACK_CASES_8(16) UNPACK_CASE(24)
    }
}

static void unpack_tfs(const uint8_t *in, uint32_t *out, int bits) {
    const uint32_t add = 1;
    switch (bits) {
        UNPACK_CASES_8(0) UNPACK_CASES_8(8) UNPACK_CASES_8(16) UNPACK_CASES_8(24) UNPACK_CASE(32)
    }
}

/* Where a full block lies: 0, or -1 where its entry is out of range. */
static inline int full_block(const List *list, uint32_t block, const uint8_t **at) {
    uint32_t offset = load_u32(list->skip + (size_t)SKIP_ENTRY * block + 4);
    if (list->data_len < 2 || offset > list->data_len - 2) return -1;
    const uint8_t *start = list->data + offset;
    if (start[0] > 24 || start[1] > 32 ||
        list->data_len - offset < 2 + 16 * ((uint32_t)start[0] + start[1]))
        return -1;
    *at = start;
    return 0;
}

static inline int is_full_block(const List *list, uint32_t block) {
    return !list->is_short && (uint64_t)(block + 1) * BLOCK <= list->df;
}

static int load_tail(List *list, uint32_t block, uint32_t before) {
    uint32_t offset = load_u32(list->skip + (size_t)SKIP_ENTRY * block + 4);
    if (offset > list->data_len) return bad(list, "skip table out of range");
    if (!read_run(list->data + offset, list->data + list->data_len, before, list->n,
                  list->segment->docs, list->docs, list->tfs))
        return bad(list, "block cut short");
    list->tf_block = block;
    return 0;
}

int list_load(List *list, uint32_t block) {
    list->current = block;
    list->i = 0;
    if (list->block == block) return 0;
    const uint8_t *entry = list->skip + (size_t)SKIP_ENTRY * block, *at;
    uint32_t before = block ? load_u32(entry - SKIP_ENTRY) : UINT32_MAX;
    uint32_t last = load_u32(entry);
    list->block = NO_BLOCK;
    if (last >= list->segment->docs || (block && last <= before))
        return bad(list, "skip table out of range");
    if (is_full_block(list, block)) {
        if (full_block(list, block, &at) < 0) return bad(list, "block cut short");
        list->n = BLOCK;
        unpack_gaps(at + 2, list->docs, at[0]);
        sum_gaps(list->docs, before);
    } else {
        list->n = list->df - block * BLOCK;
        if (load_tail(list, block, before) < 0) return -1;
    }
    if (list->docs[list->n - 1] != last) return bad(list, "block and skip table differ");
    list->first = before + 1;
    list->last = last;
    list->block = block;
    return 0;
}

int list_load_tfs(List *list, uint32_t block) {
    const uint8_t *at;
    if (list->tf_block == block) return 0;
    if (!is_full_block(list, block)) {
        uint32_t i = list->i;
        list->block = NO_BLOCK;
        if (list_load(list, block) < 0) return -1;
        list->i = i;
        return 0;
    }
    if (full_block(list, block, &at) < 0) return bad(list, "block cut short");
    unpack_tfs(at + 2 + 16 * at[0], list->tfs, at[1]);
    list->tf_block = block;
    return 0;
}

/* One value of a packed block. */
static inline uint32_t packed_value(const uint8_t *in, uint32_t i, uint32_t bits) {
    if (!bits) return 0;
    uint32_t bit = (i >> 2) * bits, shift = bit & 31;
    const uint8_t *at = in + 16 * (bit >> 5) + 4 * (i & 3);
    uint64_t value = load_u32(at) >> shift;
    if (shift + bits > 32) value |= (uint64_t)load_u32(at + 16) << (32 - shift);
    return (uint32_t)(value & ((1ull << bits) - 1));
}

uint32_t list_far_tf(List *list) {
    const uint8_t *at;
    if (list->dense && is_full_block(list, list->current)) {
        if (full_block(list, list->current, &at) < 0) {
            bad(list, "block cut short");
            return 0;
        }
        return packed_value(at + 2 + 16 * at[0], list->i, at[1]) + 1;
    }
    return list_load_tfs(list, list->current) < 0 ? 0 : list->tfs[list->i];
}

/* ---- dense lists ---------------------------------------------------------------------------- */

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

/* ---- moving --------------------------------------------------------------------------------- */

uint32_t list_block(const List *list, uint32_t doc, uint32_t from) {
    if (list->is_short) return list->last < doc ? 1 : 0;
    uint32_t low = from, step = 1;
    while (low < list->blocks && block_last(list, low) < doc) {
        from = low + 1;
        low += step;
        step *= 2;
    }
    uint32_t high = low < list->blocks ? low : list->blocks;
    low = from;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (block_last(list, middle) < doc)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static inline uint32_t first_not_before(const uint32_t *docs, uint32_t n, uint32_t doc) {
    const uint32_t *base = docs;
    while (n > 1) {
        uint32_t half = n / 2;
        base += (base[half - 1] < doc) ? half : 0;
        n -= half;
    }
    return (uint32_t)(base - docs) + (n == 1 && *base < doc);
}

static inline int seek_dense(List *list, uint32_t doc) {
    const Dense *dense = list->dense;
    uint64_t word = dense->bits[doc >> 6], below = (1ull << (doc & 63)) - 1;
    if (!(word >> (doc & 63) & 1)) return 0;
    uint32_t rank = dense->ranks[doc >> 6] + popcount64(word & below);
    list->current = rank / BLOCK;
    list->i = rank % BLOCK;
    return 1;
}

int list_seek(List *list, uint32_t doc) {
    if (list->dense) return seek_dense(list, doc);
    if (list->block == NO_BLOCK || doc < list->first || doc > list->last) {
        uint32_t from = list->block != NO_BLOCK && doc > list->last ? list->block : 0;
        uint32_t block = list_block(list, doc, from);
        if (block >= list->blocks) return 0;
        if (!list->is_short && list_load(list, block) < 0) return -1;
    }
    const uint32_t *docs = list->docs;
    uint32_t i = list->i, n = list->n;
    list->current = list->block;
    if (i >= n || docs[i] > doc) i = 0;
    /* Often the next one or one of the next few. */
    for (int step = 0; step < 4 && i < n; step++, i++) {
        if (docs[i] >= doc) {
            list->i = i;
            return docs[i] == doc;
        }
    }
    if (i < n) i += first_not_before(docs + i, n - i, doc);
    if (i >= n) {
        list->i = n - 1;
        return 0;
    }
    list->i = i;
    return docs[i] == doc;
}

/* ---- positions ------------------------------------------------------------------------------ */

static uint32_t in_block(const List *list, uint32_t block) {
    return is_full_block(list, block) ? BLOCK : list->df - block * BLOCK;
}

#define MOST_TF (1u << 24)

/* Sums of tf: of the block, and of the postings before number i. -1 where they cannot be. */
static int sum_tfs(List *list, uint32_t n, uint32_t i, uint32_t *total, uint32_t *before) {
    const uint32_t *tfs = list->tfs;
    uint32_t sum = 0, first = 0, all = 0;
    for (uint32_t k = 0; k < n; k++) {
        sum += tfs[k];
        all |= tfs[k];
    }
    for (uint32_t k = 0; k < i; k++) first += tfs[k];
    if (all >= MOST_TF) return bad(list, "too many positions");
    *total = sum;
    *before = first;
    return 0;
}

static int load_short_positions(List *list) {
    uint32_t total, before;
    if (sum_tfs(list, list->df, 0, &total, &before) < 0) return -1;
    if (total > (uint64_t)(list->pos_end - list->pos)) return bad(list, "positions cut short");
    list->short_values = arena_alloc(list->arena, 4 * (size_t)total + 4);
    if (!list->short_values) return -1;
    const uint8_t *at = list->pos;
    for (uint32_t i = 0; i < total; i++) {
        if (!(at = read_varint(at, list->pos_end, &list->short_values[i])))
            return bad(list, "positions cut short");
    }
    return 0;
}

static inline uint32_t sum_bytes(const uint8_t *bytes, uint32_t n) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += bytes[i];
    return sum;
}

/* Where the groups of a block are, and which value is the first of posting i. */
typedef struct {
    const uint8_t *bits, *data;
    uint32_t values, first;
} Groups;

static int find_groups(List *list, uint32_t block, uint32_t i, Groups *out) {
    if (list_load_tfs(list, block) < 0) return -1;
    if (sum_tfs(list, in_block(list, block), i, &out->values, &out->first) < 0) return -1;
    uint32_t offset = load_u32(list->skip + (size_t)SKIP_ENTRY * block + 8);
    uint64_t room = (uint64_t)(list->pos_end - list->pos);
    uint32_t groups = (out->values + 31) / 32;
    if (!list->pos || offset > room || groups > room - offset)
        return bad(list, "positions cut short");
    out->bits = list->pos + offset;
    out->data = out->bits + groups;
    return 0;
}

/* Reads n values of groups, each added to the one before; full groups are of 4 * bits bytes. */
static int read_groups(List *list, const Groups *groups, uint32_t n, uint32_t *out) {
    uint32_t value = 0, done = 0, g = groups->first / 32;
    const uint8_t *group = groups->data + 4 * (uint64_t)sum_bytes(groups->bits, g);
    while (done < n) {
        const int bits = groups->bits[g];
        uint32_t first = (groups->first + done) % 32, left = groups->values - 32 * g;
        uint32_t in_group = left < 32 ? left : 32, bytes = (in_group * (uint32_t)bits + 7) / 8;
        if (bits > 32 || group > list->pos_end || (uint64_t)(list->pos_end - group) < bytes)
            return bad(list, "positions cut short");
        uint32_t count = in_group - first < n - done ? in_group - first : n - done;
        uint32_t bit = first * (uint32_t)bits;
        if (bits && bits < 32 && list->pos_end - group >= bytes + 8) {
            const uint64_t mask = (1ull << bits) - 1;
            for (uint32_t i = 0; i < count; i++, bit += (uint32_t)bits) {
                value += (uint32_t)(load_u64(group + bit / 8) >> (bit % 8) & mask);
                out[done + i] = value;
            }
        } else {
            for (uint32_t i = 0; i < count; i++, bit += (uint32_t)bits)
                out[done + i] = value += read_bits(group, group + bytes, bit, bits);
        }
        done += count;
        group += bytes;
        g++;
    }
    return 0;
}

static uint32_t *room_for(List *list, uint32_t n, uint32_t **values, uint32_t *room) {
    if (n <= *room) return *values;
    uint32_t size = n + n / 2 + 64;
    *values = arena_alloc(list->arena, 4 * (size_t)size);
    *room = *values ? size : 0;
    return *values;
}

int64_t list_positions(List *list, uint32_t **values, uint32_t *room) {
    if (list->field->kind != POSITIONS) return 0;
    uint32_t i = list->i, block = list->current;
    if (list->is_short) {
        uint32_t total, start, value = 0;
        if (!list->short_values && load_short_positions(list) < 0) return -1;
        if (sum_tfs(list, list->df, i, &total, &start) < 0) return -1;
        if (!room_for(list, list->tfs[i], values, room)) return -1;
        for (uint32_t k = 0; k < list->tfs[i]; k++)
            (*values)[k] = value += list->short_values[start + k];
        return list->tfs[i];
    }
    Groups groups;
    if (find_groups(list, block, i, &groups) < 0) return -1;
    list->i = i;
    list->current = block;
    uint32_t n = list->tfs[i];
    if (!room_for(list, n, values, room) || read_groups(list, &groups, n, *values) < 0) return -1;
    return n;
}
