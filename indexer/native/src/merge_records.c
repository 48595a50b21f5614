/* Records of segments that are merged: decoded, renumbered, and given to the encoder. */
#include "merge.h"

/* What a document that is not kept is renumbered to. */
#define GONE UINT32_MAX

/* Bytes that are read with care: `at` never passes `end`. */
typedef struct {
    const uint8_t *at, *end;
} Span;

static size_t left(const Span *span) {
    return (size_t)(span->end - span->at);
}

/* Returns size bytes and moves behind them, NULL where they are not there. */
static const uint8_t *take(Span *span, uint64_t size) {
    if (size > left(span)) return NULL;
    const uint8_t *at = span->at;
    span->at += size;
    return at;
}

static int span_of(const Py_buffer *part, uint64_t offset, uint64_t size, Span *span) {
    uint64_t whole = (uint64_t)part->len;
    if (offset > whole || size > whole - offset) return -1;
    span->at = (const uint8_t *)part->buf + offset;
    span->end = span->at + size;
    return 0;
}

/* Decoding --------------------------------------------------------------------------------- */

typedef struct {
    uint32_t document[BLOCK], tf[BLOCK], count;
    uint64_t last; /* the document before the next one, plus 1 */
} Postings;

/* Takes a gap - 1 to the next document: -1 where it is not of the segment. */
static int step(Postings *postings, uint32_t i, uint64_t gap, uint32_t docs) {
    uint64_t document = postings->last + gap;
    if (document >= docs) return -1;
    postings->document[i] = (uint32_t)document;
    postings->last = document + 1;
    return 0;
}

static int read_run(Span *span, uint32_t count, uint32_t docs, Postings *postings) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t value;
        if (!(span->at = read_varint(span->at, span->end, &value))) return -1;
        if (step(postings, i, value >> 1, docs) < 0) return -1;
        postings->tf[i] = 1;
        if (value & 1) continue;
        if (!(span->at = read_varint(span->at, span->end, postings->tf + i))) return -1;
        if (!postings->tf[i]) return -1;
    }
    postings->count = count;
    return 0;
}

/* Unpacks 128 values of a vertical block of 16 * bits bytes. */
static void unpack_block(const uint8_t *from, int bits, uint32_t *values) {
    uint32_t words[4 * 33] = {0};
    memcpy(words, from, (size_t)(16 * bits));
    uint64_t mask = (1ull << bits) - 1;
    for (int row = 0; row < 32; row++) {
        int word = row * bits / 32, shift = row * bits % 32;
        for (int lane = 0; lane < 4; lane++) {
            uint64_t value = words[4 * word + lane];
            value |= (uint64_t)words[4 * word + 4 + lane] << 32;
            values[4 * row + lane] = (uint32_t)(value >> shift & mask);
        }
    }
}

static int read_full(Span *span, uint32_t docs, Postings *postings) {
    uint32_t gaps[BLOCK];
    const uint8_t *bits = take(span, 2);
    if (!bits || bits[0] > 24 || bits[1] > 32) return -1;
    const uint8_t *gap_bytes = take(span, 16u * bits[0]), *tf_bytes = take(span, 16u * bits[1]);
    if (!gap_bytes || !tf_bytes) return -1;
    unpack_block(gap_bytes, bits[0], gaps);
    unpack_block(tf_bytes, bits[1], postings->tf);
    for (uint32_t i = 0; i < BLOCK; i++)
        if (!++postings->tf[i] || step(postings, i, gaps[i], docs) < 0) return -1;
    postings->count = BLOCK;
    return 0;
}

/* Reads the values of a block one by one, a group of 32 at a time. */
typedef struct {
    Span packed;
    const uint8_t *bits; /* of the next group */
    uint64_t rest;       /* values not yet unpacked */
    uint32_t group[32], at, held;
} Groups;

static int open_groups(Span *span, const Postings *postings, Groups *groups) {
    uint64_t total = 0, bytes = 0;
    for (uint32_t i = 0; i < postings->count; i++) total += postings->tf[i];
    uint64_t count = (total + 31) / 32;
    const uint8_t *bits = take(span, count);
    if (!bits) return -1;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t held = total - 32 * i < 32 ? total - 32 * i : 32;
        if (bits[i] > 32) return -1;
        bytes += (held * bits[i] + 7) / 8;
    }
    const uint8_t *packed = take(span, bytes);
    if (!packed) return -1;
    *groups = (Groups){.packed = {packed, packed + bytes}, .bits = bits, .rest = total};
    return 0;
}

static void next_group(Groups *groups) {
    uint32_t held = groups->rest < 32 ? (uint32_t)groups->rest : 32;
    int bits = *groups->bits++, filled = 0;
    uint64_t bytes = 0, mask = (1ull << bits) - 1;
    for (uint32_t i = 0; i < held; i++) {
        for (; filled < bits; filled += 8) bytes |= (uint64_t)*groups->packed.at++ << filled;
        groups->group[i] = (uint32_t)(bytes & mask);
        bytes >>= bits;
        filled -= bits;
    }
    groups->rest -= held;
    groups->held = held;
    groups->at = 0;
}

/* Copies (or, where `out` is NULL, skips) the values of one posting. */
static void read_grouped(Groups *groups, uint32_t tf, uint32_t *out) {
    while (tf) {
        if (groups->at == groups->held) next_group(groups);
        uint32_t count = groups->held - groups->at;
        if (count > tf) count = tf;
        if (out) memcpy(out, groups->group + groups->at, (size_t)count * 4), out += count;
        groups->at += count;
        tf -= count;
    }
}

static int read_plain(Span *span, uint32_t tf, uint32_t *out) {
    for (uint32_t i = 0; i < tf; i++) {
        uint32_t value;
        if (!(span->at = read_varint(span->at, span->end, &value))) return -1;
        if (out) out[i] = value;
    }
    return 0;
}

/* Copying ---------------------------------------------------------------------------------- */

Encoded merge_damaged(Merge *merge, const char *what) {
    merge->damage = what;
    merge->damaged = merge->heap[0];
    return NOT_ASCENDING;
}

static uint32_t renumbered(const Input *input, uint32_t document) {
    if (!input->parts[MAP].buf) return input->base + document;
    return load_u32((const uint8_t *)input->parts[MAP].buf + 4 * (size_t)document);
}

/* Adds the postings of a run or block, their positions from one of two forms. */
static Encoded copy_postings(Merge *merge, const Input *input, const Postings *postings,
                             Span *plain, Groups *groups) {
    Encoder *encoder = &merge->out.encoder;
    int positions = encoder->kind == POSITIONS;
    for (uint32_t i = 0; i < postings->count; i++) {
        uint32_t document = renumbered(input, postings->document[i]), tf = postings->tf[i];
        uint32_t *values = NULL;
        if (plain && positions && tf > left(plain)) return merge_damaged(merge, "positions");
        if (document != GONE) {
            Encoded done = encoder_add(encoder, document, tf, &values);
            if (done != ENCODED) return done;
        }
        if (!positions) continue;
        if (groups)
            read_grouped(groups, tf, values);
        else if (read_plain(plain, tf, values) < 0)
            return merge_damaged(merge, "positions");
    }
    return ENCODED;
}

static Encoded copy_short(Merge *merge, const Input *input, uint32_t count, Span span) {
    Postings postings = {.last = 0};
    if (read_run(&span, count, input->docs, &postings) < 0) return merge_damaged(merge, "postings");
    return copy_postings(merge, input, &postings, &span, NULL);
}

static Encoded copy_long(Merge *merge, const Input *input, uint32_t count, Span span) {
    const uint8_t *head = take(&span, LONG_HEADER);
    uint64_t blocks = (count + BLOCK - 1) / BLOCK;
    if (!head || !take(&span, blocks * SKIP_ENTRY)) return merge_damaged(merge, "postings");
    Span data = span, positions = {0};
    if (left(&span) < load_u32(head + 8)) return merge_damaged(merge, "postings");
    data.end = data.at + load_u32(head + 8);
    if (input->kind == POSITIONS &&
        span_of(&input->parts[POSITIONS_OF], load_u64(head), load_u32(head + 12), &positions) < 0)
        return merge_damaged(merge, "positions");
    Postings postings = {.last = 0};
    for (; count; count -= postings.count) {
        int failed = count >= BLOCK ? read_full(&data, input->docs, &postings)
                                    : read_run(&data, count, input->docs, &postings);
        if (failed) return merge_damaged(merge, "postings");
        Groups groups;
        if (input->kind == POSITIONS && open_groups(&positions, &postings, &groups) < 0)
            return merge_damaged(merge, "positions");
        Encoded done = copy_postings(merge, input, &postings, NULL, &groups);
        if (done != ENCODED) return done;
    }
    return ENCODED;
}

Encoded merge_record(Merge *merge, const Input *input) {
    const uint8_t *info = (const uint8_t *)input->parts[INFOS].buf + 16 * (size_t)input->term;
    uint64_t offset = load_u64(info), size = (uint64_t)input->parts[POSTINGS].len;
    uint32_t count = load_u32(info + 8);
    Span span;
    if (!count || count > input->docs || offset > size ||
        span_of(&input->parts[POSTINGS], offset, size - offset, &span) < 0)
        return merge_damaged(merge, "infos");
    return (count < BLOCK ? copy_short : copy_long)(merge, input, count, span);
}
