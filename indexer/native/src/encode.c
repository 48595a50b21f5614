/* Posting records, posting by posting; what a block is written as stands in encode_block.c. */
#include "encode_block.h"

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

/* Writes the postings held as a block of a long record, and its skip entry. */
static Encoded put_block(Encoder *encoder) {
    uint64_t positions = encoder->positions_taken + encoder->positions.size;
    positions -= encoder->positions_start;
    if (positions > UINT32_MAX || encoder->blocks.size > UINT32_MAX) return TOO_LARGE;
    if (bytes_reserve(&encoder->skips, SKIP_ENTRY) < 0) return NO_MEMORY;
    bytes_u32(&encoder->skips, encoder->last);
    bytes_u32(&encoder->skips, (uint32_t)encoder->blocks.size);
    bytes_u32(&encoder->skips, encoder->kind == POSITIONS ? (uint32_t)positions : 0);
    encoder_put_impacts(encoder, encoder->skips.data + encoder->skips.size);
    encoder->skips.size += 8;
    int full = encoder->held == BLOCK;
    if ((full ? encoder_put_full_block : encoder_put_run)(encoder, &encoder->blocks) < 0) return NO_MEMORY;
    if (encoder->kind == POSITIONS && encoder_put_groups(encoder, &encoder->positions) < 0)
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
    if (encoder_put_run(encoder, &encoder->postings) < 0) return NO_MEMORY;
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
