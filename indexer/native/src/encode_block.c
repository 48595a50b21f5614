/* Postings as bytes: runs, blocks of packed numbers, impacts. */
#include "encode_block.h"

#define NO_NORM 256
#define LOW_TF 3 /* the most that postings have of a word, but for a few */

typedef uint32_t v4u __attribute__((vector_size(16)));
typedef int16_t v8s __attribute__((vector_size(16)));

/* Packs 128 values, vertically in four lanes, into 16 * bits bytes. */
static void pack_block(const uint32_t *values, int bits, uint8_t *out) {
    v4u held = {0};
    int filled = 0;
    for (int row = 0; bits && row < 32; row++) {
        v4u value;
        memcpy(&value, values + 4 * row, sizeof value);
        held |= value << filled;
        filled += bits;
        if (filled < 32) continue;
        memcpy(out, &held, sizeof held);
        out += sizeof held;
        filled -= 32;
        held = filled ? value >> (bits - filled) : (v4u){0};
    }
}

/* Packs up to 32 values one after the other; returns the bytes, ceil(count * bits / 8). */
static size_t pack_group(const uint32_t *values, uint32_t count, int bits, uint8_t *out) {
    uint64_t held = 0;
    int filled = 0;
    size_t size = 0;
    for (uint32_t i = 0; i < count; i++) {
        held |= (uint64_t)values[i] << filled;
        filled += bits;
        if (filled < 32) continue;
        memcpy(out + size, &held, 4); /* little-endian: its low half */
        size += 4;
        held >>= 32;
        filled -= 32;
    }
    for (; filled > 0; filled -= 8, held >>= 8) out[size++] = (uint8_t)held;
    return size;
}

/* Packs 32 values; the compiler makes straight code of each number of bits. */
static inline __attribute__((always_inline)) void pack_all(const uint32_t *values, const int bits, uint8_t *out) {
    uint64_t held = 0;
    int filled = 0;
#pragma GCC unroll 32
    for (int i = 0; i < 32; i++) {
        held |= (uint64_t)values[i] << filled;
        filled += bits;
        if (filled < 32) continue;
        memcpy(out, &held, 4);
        out += 4;
        held >>= 32;
        filled -= 32;
    }
}

#define PACK(bits) case bits: pack_all(values, bits, out); break;
#define PACK_4(bits) PACK(bits) PACK(bits + 1) PACK(bits + 2) PACK(bits + 3)

static size_t pack_full_group(const uint32_t *values, int bits, uint8_t *out) {
    switch (bits) {
        case 0: break;
        PACK_4(1) PACK_4(5) PACK_4(9) PACK_4(13)
    default: return pack_group(values, 32, bits, out);
    }
    return 4 * (size_t)bits;
}

/* Joins the two neighbours of a front whose joining widens the bounds least. */
static int join_cheapest(uint8_t (*pairs)[2], int count) {
    int best = 0, least = INT32_MAX;
    for (int i = 0; i + 1 < count; i++) {
        int cost = (pairs[i + 1][0] - pairs[i][0] + 1) * (pairs[i + 1][1] - pairs[i][1] + 1);
        if (cost < least) least = cost, best = i;
    }
    pairs[best][0] = pairs[best + 1][0];
    memmove(pairs + best + 1, pairs + best + 2, (size_t)(count - best - 2) * 2);
    return count - 1;
}

/* The lowest norm of the postings of one tf; NO_NORM where there are none. */
static int16_t lowest_of(const int16_t *tfs, const int16_t *norms, int16_t tf) {
    v8s lowest = (v8s){0} + NO_NORM;
    for (int i = 0; i < BLOCK; i += 8) {
        v8s ones, norm;
        memcpy(&ones, tfs + i, sizeof ones);
        memcpy(&norm, norms + i, sizeof norm);
        v8s lower = (ones == tf) & (norm < lowest);
        lowest = (norm & lower) | (lowest & ~lower);
    }
    int16_t least = lowest[0];
    for (int lane = 1; lane < 8; lane++) least = lowest[lane] < least ? lowest[lane] : least;
    return least;
}

/* Lowers what the postings above LOW_TF have a lower norm than. */
static void take_high(const int16_t *tfs, const int16_t *norms, int16_t lowest[256]) {
    uint8_t high[BLOCK];
    int count = 0;
    for (int i = 0; i < BLOCK; i++) {
        high[count] = (uint8_t)i;
        count += tfs[i] > LOW_TF;
    }
    for (int i = 0; i < count; i++)
        if (norms[high[i]] < lowest[tfs[high[i]]]) lowest[tfs[high[i]]] = norms[high[i]];
}

/* The lowest norm of each tf from 1 to the highest, which is returned. */
static int lowest_of_each(const Run *run, const uint8_t *norm_of, int16_t lowest[256]) {
    int16_t tfs[BLOCK] = {0}, norms[BLOCK] = {0}, highest = 0;
    for (uint32_t i = 0; i < run->count; i++) tfs[i] = run->tfs[i] > 255 ? 255 : (int16_t)run->tfs[i];
    for (uint32_t i = 0; norm_of && i < run->count; i++) norms[i] = norm_of[run->documents[i]];
    for (int i = 0; i < BLOCK; i++) highest = tfs[i] > highest ? tfs[i] : highest;
    /* Nearly all are low: those are found by comparing all at once. */
    for (int16_t tf = 1; tf <= highest; tf++) lowest[tf] = tf <= LOW_TF ? lowest_of(tfs, norms, tf) : NO_NORM;
    if (highest > LOW_TF) take_high(tfs, norms, lowest);
    return highest;
}

void run_put_impacts(const Run *run, const uint8_t *norms, uint8_t *out) {
    int16_t lowest[256];
    uint8_t pairs[256][2] = {{0}};
    int count = 0, norm = NO_NORM;
    /* From the highest tf down: a pair stays if its norm is below those above it. */
    for (int tf = lowest_of_each(run, norms, lowest); tf > 0; tf--) {
        if (lowest[tf] >= norm) continue;
        norm = lowest[tf];
        pairs[256 - ++count][0] = (uint8_t)tf;
        pairs[256 - count][1] = (uint8_t)norm;
    }
    uint8_t (*front)[2] = pairs + 256 - count;
    while (count > 4) count = join_cheapest(front, count);
    for (int i = 0; i < 4; i++) memcpy(out + 2 * i, front[i < count ? i : count - 1], 2);
}

int run_put(const Run *run, Bytes *out) {
    if (bytes_reserve(out, (size_t)run->count * 10 + 8) < 0) return -1;
    uint32_t before = run->before;
    uint8_t *at = out->data + out->size;
    for (uint32_t i = 0; i < run->count; i++) {
        uint32_t gap = run->documents[i] - before - 1, tf = run->tfs[i];
        at = put_varint(at, gap * 2 + (tf == 1));
        if (tf != 1) at = put_varint(at, tf);
        before = run->documents[i];
    }
    out->size = (size_t)(at - out->data);
    return 0;
}

int run_put_packed(const Run *run, Bytes *out) {
    uint32_t gaps[BLOCK], tfs[BLOCK], all_gaps, all_tfs = 0;
    all_gaps = gaps[0] = run->documents[0] - run->before - 1;
    for (int i = 1; i < BLOCK; i++) all_gaps |= gaps[i] = run->documents[i] - run->documents[i - 1] - 1;
    for (int i = 0; i < BLOCK; i++) all_tfs |= tfs[i] = run->tfs[i] - 1;
    int doc_bits = bits_of(all_gaps), tf_bits = bits_of(all_tfs);
    if (bytes_reserve(out, (size_t)(2 + 16 * (doc_bits + tf_bits))) < 0) return -1;
    uint8_t *at = out->data + out->size;
    at[0] = (uint8_t)doc_bits;
    at[1] = (uint8_t)tf_bits;
    pack_block(gaps, doc_bits, at + 2);
    pack_block(tfs, tf_bits, at + 2 + 16 * doc_bits);
    out->size += (size_t)(2 + 16 * (doc_bits + tf_bits));
    return 0;
}

int run_put_values(const Run *run, Bytes *out) {
    if (bytes_reserve(out, run->value_count * 5 + 8) < 0) return -1;
    uint8_t *at = out->data + out->size;
    for (size_t i = 0; i < run->value_count; i++) at = put_varint(at, run->values[i]);
    out->size = (size_t)(at - out->data);
    return 0;
}

int run_put_groups(const Run *run, Bytes *out) {
    size_t groups = (run->value_count + 31) / 32;
    if (bytes_reserve(out, groups + groups * 128) < 0) return -1;
    uint8_t *bits = out->data + out->size, *at = bits + groups;
    for (size_t group = 0; group < groups; group++) {
        const uint32_t *from = run->values + 32 * group;
        size_t left = run->value_count - 32 * group;
        int is_full = left >= 32;
        uint32_t all = 0;
        for (size_t i = 0; i < (is_full ? 32 : left); i++) all |= from[i];
        bits[group] = (uint8_t)bits_of(all);
        at += is_full ? pack_full_group(from, bits[group], at) : pack_group(from, (uint32_t)left, bits[group], at);
    }
    out->size = (size_t)(at - out->data);
    return 0;
}
