/* Posting records, posting by posting; what a block is written as stands in encode_block.c. */
#include "encode_block.h"

#define FEW 12 /* places that are taken sooner one by one */

int register_inverter(PyObject *module); /* invert.c */

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

static const uint32_t *held_values(const Encoder *encoder) {
    return (const uint32_t *)(const void *)encoder->values.data;
}

/* The postings held from `from` on, so many, and their values from there. */
static Run held_run(const Encoder *encoder, uint32_t from, uint32_t count, size_t values) {
    Run run = {encoder->document + from, encoder->tf + from, NULL, count, encoder->block_last, 0};
    if (encoder->kind != POSITIONS) return run;
    run.values = held_values(encoder) + values;
    for (uint32_t i = 0; i < count; i++) run.value_count += run.tfs[i];
    return run;
}

/* Writes postings as a block of a long record, and its skip entry. */
static Encoded put_block(Encoder *encoder, const Run *run) {
    uint64_t positions = encoder->positions_taken + encoder->positions.size;
    positions -= encoder->positions_start;
    if (positions > UINT32_MAX || encoder->blocks.size > UINT32_MAX) return TOO_LARGE;
    if (bytes_reserve(&encoder->skips, SKIP_ENTRY) < 0) return NO_MEMORY;
    encoder->block_last = run->documents[run->count - 1];
    bytes_u32(&encoder->skips, encoder->block_last);
    bytes_u32(&encoder->skips, (uint32_t)encoder->blocks.size);
    bytes_u32(&encoder->skips, encoder->kind == POSITIONS ? (uint32_t)positions : 0);
    run_put_impacts(run, encoder->norms, encoder->skips.data + encoder->skips.size);
    encoder->skips.size += 8;
    if ((run->count == BLOCK ? run_put_packed : run_put)(run, &encoder->blocks) < 0) return NO_MEMORY;
    if (encoder->kind == POSITIONS && run_put_groups(run, &encoder->positions) < 0) return NO_MEMORY;
    return ENCODED;
}

/* Puts the blocks of which the last document is followed by another, and closes up. */
static Encoded put_full_blocks(Encoder *encoder) {
    uint32_t put = 0;
    size_t values = 0;
    for (; encoder->held - put > BLOCK; put += BLOCK) {
        Run run = held_run(encoder, put, BLOCK, values);
        Encoded done = put_block(encoder, &run);
        if (done != ENCODED) return done;
        values += run.value_count;
    }
    if (!put) return ENCODED;
    encoder->held -= put;
    memmove(encoder->document, encoder->document + put, encoder->held * sizeof *encoder->document);
    memmove(encoder->tf, encoder->tf + put, encoder->held * sizeof *encoder->tf);
    encoder->values.size -= values * 4;
    if (values) memmove(encoder->values.data, encoder->values.data + values * 4, encoder->values.size);
    return ENCODED;
}

Encoded encoder_add(Encoder *encoder, uint32_t document, uint32_t tf, uint32_t **values) {
    /* UINT32_MAX + 1 is 0: before the first document every one is above. */
    if (document >= encoder->docs || document < encoder->last + 1 || tf == 0) return NOT_ASCENDING;
    encoder->document[encoder->held] = document;
    encoder->tf[encoder->held++] = tf;
    encoder->last = document;
    encoder->documents++;
    encoder->occurrences += tf;
    Encoded done = encoder->held > BLOCK ? put_full_blocks(encoder) : ENCODED;
    if (done != ENCODED || encoder->kind != POSITIONS) return done;
    if (bytes_reserve(&encoder->values, (size_t)tf * 4) < 0) return NO_MEMORY;
    *values = (uint32_t *)(void *)(encoder->values.data + encoder->values.size);
    encoder->values.size += (size_t)tf * 4;
    return ENCODED;
}

/* Takes a few places one by one, the values to where room is for them. */
static void take_each(Encoder *encoder, const uint32_t *places, size_t count, const Layout *layout,
                      uint32_t before, uint32_t *values) {
    uint32_t held = encoder->held, document = encoder->last, mask = (1u << layout->bits) - 1;
    uint32_t tf = held ? encoder->tf[held - 1] : 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t place = places[i];
        Part part = layout->parts[place >> layout->bits];
        int is_new = part.document != document;
        document = part.document;
        held += (uint32_t)is_new;
        tf = is_new ? 1 : tf + 1;
        values[i] = is_new ? part.first + (place & mask) : place - before;
        encoder->document[held - 1] = document;
        encoder->tf[held - 1] = tf;
        before = place;
    }
    encoder->held = held;
    encoder->last = document;
}

/* As take_each where each part is another document: what is a posting's first place is told for all
   places at once. */
static void take_whole(Encoder *encoder, const uint32_t *restrict places, uint32_t count,
                       const Layout *layout, uint32_t before, uint32_t *restrict values) {
    uint32_t starts[WINDOW + 1], mask = (1u << layout->bits) - 1;
    int bits = layout->bits, begins = !encoder->held || before >> bits != places[0] >> bits;
    uint32_t found = (uint32_t)begins;
    values[0] = begins ? places[0] & mask : places[0] - before;
    for (uint32_t i = 1; i < count; i++) {
        uint32_t is_first = places[i - 1] >> bits != places[i] >> bits;
        values[i] = is_first ? places[i] & mask : places[i] - places[i - 1];
    }
    starts[0] = 0;
    for (uint32_t i = 1; i < count; i++) {
        starts[found] = i;
        found += places[i - 1] >> bits != places[i] >> bits;
    }
    starts[found] = count;
    if (!begins) encoder->tf[encoder->held - 1] += starts[0];
    uint32_t *document = encoder->document + encoder->held, *tf = encoder->tf + encoder->held;
    for (uint32_t i = 0; i < found; i++) {
        document[i] = layout->parts[places[starts[i]] >> bits].document;
        tf[i] = starts[i + 1] - starts[i];
    }
    encoder->held += found;
    encoder->last = encoder->document[encoder->held - 1];
}

Encoded encoder_add_places(Encoder *encoder, const uint32_t *places, size_t count, const Layout *layout) {
    for (size_t at = 0, some; at < count; at += some) {
        some = count - at < WINDOW ? count - at : WINDOW;
        if (bytes_reserve(&encoder->values, some * 4) < 0) return NO_MEMORY;
        uint32_t held = encoder->held, before = at ? places[at - 1] : 0;
        uint32_t *values = (uint32_t *)(void *)(encoder->values.data + encoder->values.size);
        if (layout->is_whole && some > FEW)
            take_whole(encoder, places + at, (uint32_t)some, layout, before, values);
        else
            take_each(encoder, places + at, some, layout, before, values);
        encoder->values.size += some * 4;
        encoder->documents += encoder->held - held;
        encoder->occurrences += some;
        Encoded done = encoder->held > BLOCK ? put_full_blocks(encoder) : ENCODED;
        if (done != ENCODED) return done;
    }
    return ENCODED;
}

static Encoded put_short(Encoder *encoder) {
    Run run = held_run(encoder, 0, encoder->held, 0);
    if (run_put(&run, &encoder->postings) < 0) return NO_MEMORY;
    return run_put_values(&run, &encoder->postings) < 0 ? NO_MEMORY : ENCODED;
}

static Encoded put_long(Encoder *encoder) {
    Run run = held_run(encoder, 0, encoder->held, 0);
    Encoded done = put_block(encoder, &run);
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
    return register_bytes(module) < 0 ? -1 : register_inverter(module);
}
