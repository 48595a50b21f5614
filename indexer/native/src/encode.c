/* Posting records: runs, blocks of packed numbers, skip entries, impacts. */
#include "encode.h"

#include <stdlib.h>

int register_inverter(PyObject *module); /* invert.c */

int bytes_reserve(Bytes *bytes, size_t more) {
    if (more <= bytes->room - bytes->size) return 0;
    if (more > PY_SSIZE_T_MAX / 2 - bytes->size) return -1;
    size_t room = bytes->size + more;
    size_t grown = bytes->room + bytes->room / 2 + 64;
    if (room < grown) room = grown;
    uint8_t *data = realloc(bytes->data, room);
    if (!data) return -1;
    bytes->data = data;
    bytes->room = room;
    return 0;
}

int bytes_append(Bytes *bytes, const void *data, size_t size) {
    if (bytes_reserve(bytes, size) < 0) return -1;
    if (size) memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
    return 0;
}

void bytes_free(Bytes *bytes) {
    free(bytes->data);
    *bytes = (Bytes){0};
}

PyObject *bytes_object(const Bytes *bytes) {
    return PyBytes_FromStringAndSize((const char *)bytes->data, (Py_ssize_t)bytes->size);
}

int encoded_error(Encoded why) {
    if (why == NOT_ASCENDING)
        PyErr_SetString(PyExc_ValueError, "documents do not ascend or lie outside of the segment");
    else if (why == TOO_LARGE)
        PyErr_SetString(PyExc_OverflowError, "a posting record is too large for its format");
    else
        PyErr_NoMemory();
    return -1;
}

void encoder_open(Encoder *encoder, int kind, const uint8_t *norms, uint32_t docs) {
    memset(encoder, 0, sizeof *encoder);
    encoder->kind = kind;
    encoder->norms = norms;
    encoder->docs = docs;
}

void encoder_close(Encoder *encoder) {
    bytes_free(&encoder->postings);
    bytes_free(&encoder->positions);
    bytes_free(&encoder->values);
    bytes_free(&encoder->skips);
    bytes_free(&encoder->blocks);
}

void encoder_begin(Encoder *encoder) {
    encoder->held = encoder->documents = 0;
    encoder->last = encoder->block_last = UINT32_MAX;
    encoder->occurrences = 0;
    encoder->positions_start = encoder->positions_taken + encoder->positions.size;
    encoder->values.size = encoder->skips.size = encoder->blocks.size = 0;
}

void encoder_taken(Encoder *encoder, Bytes *part) {
    if (part == &encoder->postings)
        encoder->postings_taken += part->size;
    else
        encoder->positions_taken += part->size;
    part->size = 0;
}

static void put_varint(Bytes *bytes, uint32_t value) { /* 5 bytes of room must be there */
    while (value > 127) {
        bytes->data[bytes->size++] = (uint8_t)(value | 128);
        value >>= 7;
    }
    bytes->data[bytes->size++] = (uint8_t)value;
}

/* Packs 128 values, vertically in four lanes, into 16 * bits bytes. */
static void pack_block(const uint32_t *values, int bits, uint8_t *out) {
    uint32_t words[4 * 33] = {0};
    for (int row = 0; row < 32; row++) {
        int word = row * bits / 32, shift = row * bits % 32;
        for (int lane = 0; lane < 4; lane++) {
            uint64_t value = (uint64_t)values[4 * row + lane] << shift;
            words[4 * word + lane] |= (uint32_t)value;
            words[4 * word + 4 + lane] |= (uint32_t)(value >> 32);
        }
    }
    memcpy(out, words, (size_t)(16 * bits));
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
static void put_impacts(const Encoder *encoder, uint8_t *out) {
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
static int put_run(const Encoder *encoder, Bytes *out) {
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

static int put_full_block(const Encoder *encoder, Bytes *out) {
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
static int put_groups(const Encoder *encoder, Bytes *out) {
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

/* Writes the postings held as a block of a long record, and its skip entry. */
static Encoded put_block(Encoder *encoder) {
    uint64_t positions = encoder->positions_taken + encoder->positions.size;
    positions -= encoder->positions_start;
    if (positions > UINT32_MAX || encoder->blocks.size > UINT32_MAX) return TOO_LARGE;
    if (bytes_reserve(&encoder->skips, SKIP_ENTRY) < 0) return NO_MEMORY;
    bytes_u32(&encoder->skips, encoder->last);
    bytes_u32(&encoder->skips, (uint32_t)encoder->blocks.size);
    bytes_u32(&encoder->skips, encoder->kind == POSITIONS ? (uint32_t)positions : 0);
    put_impacts(encoder, encoder->skips.data + encoder->skips.size);
    encoder->skips.size += 8;
    int full = encoder->held == BLOCK;
    if ((full ? put_full_block : put_run)(encoder, &encoder->blocks) < 0) return NO_MEMORY;
    if (encoder->kind == POSITIONS && put_groups(encoder, &encoder->positions) < 0)
        return NO_MEMORY;
    encoder->block_last = encoder->last;
    encoder->held = 0;
    encoder->values.size = 0;
    return ENCODED;
}

Encoded encoder_add(Encoder *encoder, uint32_t document, uint32_t tf, uint32_t **values) {
    if (encoder->held == BLOCK) {
        Encoded done = put_block(encoder);
        if (done != ENCODED) return done;
    }
    /* UINT32_MAX + 1 is 0: before the first document every one is above. */
    if (document >= encoder->docs || document < encoder->last + 1 || tf == 0) return NOT_ASCENDING;
    if (encoder->kind == POSITIONS) {
        if (bytes_reserve(&encoder->values, (size_t)tf * 4) < 0) return NO_MEMORY;
        *values = (uint32_t *)(void *)(encoder->values.data + encoder->values.size);
        encoder->values.size += (size_t)tf * 4;
    }
    encoder->document[encoder->held] = document;
    encoder->tf[encoder->held++] = tf;
    encoder->last = document;
    encoder->documents++;
    encoder->occurrences += tf;
    return ENCODED;
}

/* Takes places that are no more than the postings that the record has room for. */
static void take_places(Encoder *encoder, const uint32_t *places, size_t count, const Part *parts, int bits,
                        uint32_t before) {
    uint32_t held = encoder->held, document = encoder->last, mask = (1u << bits) - 1;
    uint32_t tf = held ? encoder->tf[held - 1] : 0;
    uint32_t *values = (uint32_t *)(void *)(encoder->values.data + encoder->values.size);
    for (size_t i = 0; i < count; i++) {
        uint32_t place = places[i];
        Part part = parts[place >> bits];
        int is_new = part.document != document;
        document = part.document;
        held += (uint32_t)is_new;
        tf = is_new ? 1 : tf + 1;
        values[i] = is_new ? part.first + (place & mask) : place - before;
        encoder->document[held - 1] = document;
        encoder->tf[held - 1] = tf;
        before = place;
    }
    encoder->documents += held - encoder->held;
    encoder->occurrences += count;
    encoder->values.size += count * 4;
    encoder->held = held;
    encoder->last = document;
}

Encoded encoder_add_places(Encoder *encoder, const uint32_t *places, size_t count, const Part *parts,
                           int bits) {
    for (size_t at = 0, some; at < count; at += some) {
        if (encoder->held == BLOCK && parts[places[at] >> bits].document != encoder->last) {
            Encoded done = put_block(encoder);
            if (done != ENCODED) return done;
        }
        some = encoder->held == BLOCK ? 1 : BLOCK - encoder->held;
        if (some > count - at) some = count - at;
        if (bytes_reserve(&encoder->values, some * 4) < 0) return NO_MEMORY;
        take_places(encoder, places + at, some, parts, bits, at ? places[at - 1] : 0);
    }
    return ENCODED;
}

static Encoded put_short(Encoder *encoder) {
    if (put_run(encoder, &encoder->postings) < 0) return NO_MEMORY;
    if (encoder->kind != POSITIONS) return ENCODED;
    const uint32_t *values = (const uint32_t *)(const void *)encoder->values.data;
    size_t count = encoder->values.size / 4;
    if (bytes_reserve(&encoder->postings, count * 5) < 0) return NO_MEMORY;
    for (size_t i = 0; i < count; i++) put_varint(&encoder->postings, values[i]);
    return ENCODED;
}

static Encoded put_long(Encoder *encoder) {
    Encoded done = put_block(encoder);
    if (done != ENCODED) return done;
    uint64_t start = encoder->kind == POSITIONS ? encoder->positions_start : 0;
    uint64_t positions = encoder->positions_taken + encoder->positions.size;
    positions -= encoder->positions_start;
    if (positions > UINT32_MAX || encoder->blocks.size > UINT32_MAX) return TOO_LARGE;
    Bytes *out = &encoder->postings;
    if (bytes_append(out, &start, 8) < 0 || bytes_reserve(out, 8) < 0) return NO_MEMORY;
    bytes_u32(out, (uint32_t)encoder->blocks.size);
    bytes_u32(out, encoder->kind == POSITIONS ? (uint32_t)positions : 0);
    if (bytes_append(out, encoder->skips.data, encoder->skips.size) < 0 ||
        bytes_append(out, encoder->blocks.data, encoder->blocks.size) < 0)
        return NO_MEMORY;
    return ENCODED;
}

Encoded encoder_end(Encoder *encoder, TermInfo *info) {
    info->offset = encoder->postings_taken + encoder->postings.size;
    info->documents = encoder->documents;
    info->occurrences =
        encoder->occurrences > UINT32_MAX ? UINT32_MAX : (uint32_t)encoder->occurrences;
    return encoder->documents < BLOCK ? put_short(encoder) : put_long(encoder);
}

int register_encode(PyObject *module) {
    return register_inverter(module);
}
