/* The postings that an encoder holds as bytes: runs, blocks of packed numbers, impacts. */
#include "encode_block.h"

typedef uint32_t v4u __attribute__((vector_size(16)));

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

/* Writes the four impacts of the postings held. */
void encoder_put_impacts(const Encoder *encoder, uint8_t *out) {
    uint8_t lowest[256], pairs[BLOCK][2] = {{0}};
    int highest = 0, count = 0, norm = 256;
    memset(lowest, 255, sizeof lowest);
    uint64_t seen[4] = {0};
    for (uint32_t i = 0; i < encoder->held; i++) {
        int tf = encoder->tf[i] > 255 ? 255 : (int)encoder->tf[i];
        uint8_t byte = encoder->norms ? encoder->norms[encoder->document[i]] : 0;
        seen[tf / 64] |= 1ull << tf % 64;
        if (byte < lowest[tf]) lowest[tf] = byte;
        if (tf > highest) highest = tf;
    }
    /* From the highest tf down: a pair stays if its norm is below those above it. */
    for (int tf = highest; tf > 0; tf--) {
        if (!(seen[tf / 64] >> tf % 64 & 1) || lowest[tf] >= norm) continue;
        norm = lowest[tf];
        pairs[BLOCK - ++count][0] = (uint8_t)tf;
        pairs[BLOCK - count][1] = (uint8_t)norm;
    }
    uint8_t (*front)[2] = pairs + BLOCK - count;
    while (count > 4) count = join_cheapest(front, count);
    for (int i = 0; i < 4; i++) memcpy(out + 2 * i, front[i < count ? i : count - 1], 2);
}

/* Writes the run of the postings held: gaps and frequencies. */
int encoder_put_run(const Encoder *encoder, Bytes *out) {
    if (bytes_reserve(out, (size_t)encoder->held * 10) < 0) return -1;
    uint32_t before = encoder->block_last;
    for (uint32_t i = 0; i < encoder->held; i++) {
        uint32_t gap = encoder->document[i] - before - 1, tf = encoder->tf[i];
        put_varint(out, gap * 2 + (tf == 1));
        if (tf != 1) put_varint(out, tf);
        before = encoder->document[i];
    }
    return 0;
}

int encoder_put_full_block(const Encoder *encoder, Bytes *out) {
    uint32_t gaps[BLOCK], tfs[BLOCK], all_gaps = 0, all_tfs = 0, before = encoder->block_last;
    for (int i = 0; i < BLOCK; i++) {
        all_gaps |= gaps[i] = encoder->document[i] - before - 1;
        all_tfs |= tfs[i] = encoder->tf[i] - 1;
        before = encoder->document[i];
    }
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

/* Writes the positions of the postings held, in groups of 32. */
int encoder_put_groups(const Encoder *encoder, Bytes *out) {
    const uint32_t *values = (const uint32_t *)(const void *)encoder->values.data;
    size_t count = encoder->values.size / 4, groups = (count + 31) / 32;
    if (bytes_reserve(out, groups + groups * 128) < 0) return -1;
    uint8_t *bits = out->data + out->size, *at = bits + groups;
    for (size_t group = 0; group < groups; group++) {
        const uint32_t *from = values + 32 * group;
        uint32_t held = count - 32 * group < 32 ? (uint32_t)(count - 32 * group) : 32, all = 0;
        for (uint32_t i = 0; i < held; i++) all |= from[i];
        bits[group] = (uint8_t)bits_of(all);
        at += pack_group(from, held, bits[group], at);
    }
    out->size = (size_t)(at - out->data);
    return 0;
}
