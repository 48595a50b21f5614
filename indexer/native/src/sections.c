/* What all fields need to become sections, and fields whose terms come one by one: their records are
 * sorted by term, then encoded. Fields of texts: text_sections.c. */
#include <stdlib.h>

#include "invert.h"

/* The norm byte of a length: the first whose bound is not below it, as Whoosh has it. */
static uint8_t norm_of(uint32_t length, const uint32_t *bounds) {
    uint32_t low = 0, high = 255;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (bounds[middle] < length)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint8_t)low;
}

Encoded note_length(Sections *out, uint32_t document, uint32_t length, const uint32_t *bounds) {
    if (document >= out->encoder.docs) return NOT_ASCENDING;
    if (!length || !out->norms) return ENCODED;
    out->norms[document] = norm_of(length, bounds);
    out->length += length;
    if (!out->least || length < out->least) out->least = length;
    if (length > out->most) out->most = length;
    return ENCODED;
}

Encoded end_term(Sections *out, const char *text, uint32_t length) {
    TermInfo info;
    Encoded done = encoder_end(&out->encoder, &info);
    if (done != ENCODED) return done;
    if (out->blob.size + length > UINT32_MAX) return TOO_LARGE;
    if (bytes_reserve(&out->infos, 16) < 0 || bytes_reserve(&out->offsets, 8) < 0 ||
        bytes_append(&out->blob, text, length) < 0)
        return NO_MEMORY;
    if (!out->terms++) bytes_u32(&out->offsets, 0);
    bytes_u32(&out->offsets, (uint32_t)out->blob.size);
    memcpy(out->infos.data + out->infos.size, &info.offset, 8);
    out->infos.size += 8;
    bytes_u32(&out->infos, info.documents);
    bytes_u32(&out->infos, info.occurrences);
    return ENCODED;
}

Encoded end_field(Sections *out) {
    if (out->terms) return ENCODED;
    if (bytes_reserve(&out->offsets, 4) < 0) return NO_MEMORY;
    bytes_u32(&out->offsets, 0);
    return ENCODED;
}

void free_sections(Sections *out) {
    encoder_close(&out->encoder);
    bytes_free(&out->blob);
    bytes_free(&out->offsets);
    bytes_free(&out->infos);
    free(out->norms);
}

/* Fields of terms -------------------------------------------------------------------------- */

static size_t record_words(const Field *field, const uint32_t *record) {
    return 3 + (field->kind == POSITIONS ? (size_t)record[2] : 0);
}

/* Sorts the records by term: starts[t] is where those of t begin, in words without the term. */
static void sort_records(const Field *field, size_t *starts, uint32_t *sorted) {
    const uint32_t *stream = (const uint32_t *)(const void *)field->terms.stream.data;
    size_t words = field->terms.stream.size / 4;
    for (size_t at = 0; at < words; at += record_words(field, stream + at))
        starts[stream[at] + 1] += record_words(field, stream + at) - 1;
    for (uint32_t term = 0; term < field->terms.count; term++) starts[term + 1] += starts[term];
    /* Each start moves to the next one's place while its records are put down. */
    for (size_t at = 0; at < words; at += record_words(field, stream + at)) {
        size_t size = record_words(field, stream + at) - 1, *start = starts + stream[at];
        memcpy(sorted + *start, stream + at + 1, size * 4);
        *start += size;
    }
    memmove(starts + 1, starts, field->terms.count * sizeof *starts);
    starts[0] = 0;
}

static Encoded encode_records(const Field *field, const uint32_t *at, const uint32_t *end,
                              Sections *out) {
    encoder_begin(&out->encoder);
    for (; at < end; at += record_words(field, at - 1) - 1) {
        uint32_t *values;
        Encoded done = encoder_add(&out->encoder, at[0], at[1], &values);
        if (done != ENCODED) return done;
        if (field->kind == POSITIONS) memcpy(values, at + 2, (size_t)at[1] * 4);
    }
    return ENCODED;
}

static Key *keys_of_terms(const Terms *terms) {
    Key *keys = malloc((terms->count + 1) * sizeof *keys);
    for (uint32_t term = 0; keys && term < terms->count; term++) {
        uint32_t start = load_u32(terms->offsets.data + 4 * (size_t)term);
        uint32_t end = load_u32(terms->offsets.data + 4 * (size_t)term + 4);
        const char *text = (const char *)terms->text.data + start;
        keys[term] = key_of(text, end - start, term);
    }
    return keys;
}

static Encoded write_terms(const Field *field, size_t *starts, uint32_t *sorted, Key *keys,
                           Sections *out) {
    sort_records(field, starts, sorted);
    sort_keys(keys, field->terms.count);
    Encoded done = ENCODED;
    for (uint32_t i = 0; done == ENCODED && i < field->terms.count; i++) {
        uint32_t term = keys[i].term;
        if (starts[term] == starts[term + 1]) continue; /* of a value that no document has */
        done = encode_records(field, sorted + starts[term], sorted + starts[term + 1], out);
        if (done == ENCODED) done = end_term(out, keys[i].text, keys[i].length);
    }
    return done == ENCODED ? end_field(out) : done;
}

static Encoded write_term_lengths(const Field *field, const uint32_t *bounds, Sections *out) {
    Encoded done = ENCODED;
    for (size_t at = 0; done == ENCODED && at < field->lengths.size; at += 8)
        done = note_length(out, load_u32(field->lengths.data + at),
                           load_u32(field->lengths.data + at + 4), bounds);
    return done;
}

int write_term_field(Field *field, const uint32_t *bounds, Sections *out) {
    Encoded done;
    Py_BEGIN_ALLOW_THREADS
    size_t *starts = calloc((size_t)field->terms.count + 2, sizeof *starts);
    uint32_t *sorted = malloc(field->terms.stream.size + 4);
    Key *keys = keys_of_terms(&field->terms);
    done = write_term_lengths(field, bounds, out);
    if (!starts || !sorted || !keys)
        done = NO_MEMORY;
    else if (done == ENCODED)
        done = write_terms(field, starts, sorted, keys, out);
    free(starts);
    free(sorted);
    free(keys);
    Py_END_ALLOW_THREADS
    return done == ENCODED ? 0 : encoded_error(done);
}
