/* Cursors over the postings of a term. */
#include "segment.h"
#include "bitpack.h"

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

List *list_open(Arena *arena, Segment *segment, const Field *field, uint32_t place) {
    List *list = arena_zero(arena, sizeof(List));
    if (!list) return NULL;
    list->arena = arena;
    list->at.block = NO_BLOCK;
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
    if (!list->is_short) list->dense = known_dense(segment, field, place);
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
