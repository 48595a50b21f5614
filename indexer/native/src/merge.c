/* Fields of several segments into one: terms merged, records decoded, renumbered, encoded. */
#include <stdlib.h>

#include "invert.h"

/* Bytes of postings or positions that are held before they are given away. */
#define HELD (4u << 20)
#define GONE UINT32_MAX

enum { BLOB, OFFSETS, INFOS, POSTINGS, POSITIONS_OF, MAP, PARTS };

/* A field of one segment, and the term at which the merge stands. */
typedef struct {
    Py_buffer parts[PARTS];
    uint32_t docs, terms, base;
    int kind;
    uint32_t term, length;
    const uint8_t *text;
} Input;

typedef struct {
    Input *inputs;
    Py_ssize_t count;
    uint32_t *heap, heap_count; /* inputs that are not at their end, lowest term first */
    Sections out;
    const char *damage; /* what is wrong with an input */
    Py_ssize_t damaged; /* which one */
} Merge;

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

static Encoded damaged(Merge *merge, const char *what) {
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
        if (plain && positions && tf > left(plain)) return damaged(merge, "positions");
        if (document != GONE) {
            Encoded done = encoder_add(encoder, document, tf, &values);
            if (done != ENCODED) return done;
        }
        if (!positions) continue;
        if (groups)
            read_grouped(groups, tf, values);
        else if (read_plain(plain, tf, values) < 0)
            return damaged(merge, "positions");
    }
    return ENCODED;
}

static Encoded copy_short(Merge *merge, const Input *input, uint32_t count, Span span) {
    Postings postings = {.last = 0};
    if (read_run(&span, count, input->docs, &postings) < 0) return damaged(merge, "postings");
    return copy_postings(merge, input, &postings, &span, NULL);
}

static Encoded copy_long(Merge *merge, const Input *input, uint32_t count, Span span) {
    const uint8_t *head = take(&span, LONG_HEADER);
    uint64_t blocks = (count + BLOCK - 1) / BLOCK;
    if (!head || !take(&span, blocks * SKIP_ENTRY)) return damaged(merge, "postings");
    Span data = span, positions = {0};
    if (left(&span) < load_u32(head + 8)) return damaged(merge, "postings");
    data.end = data.at + load_u32(head + 8);
    if (input->kind == POSITIONS &&
        span_of(&input->parts[POSITIONS_OF], load_u64(head), load_u32(head + 12), &positions) < 0)
        return damaged(merge, "positions");
    Postings postings = {.last = 0};
    for (; count; count -= postings.count) {
        int failed = count >= BLOCK ? read_full(&data, input->docs, &postings)
                                    : read_run(&data, count, input->docs, &postings);
        if (failed) return damaged(merge, "postings");
        Groups groups;
        if (input->kind == POSITIONS && open_groups(&positions, &postings, &groups) < 0)
            return damaged(merge, "positions");
        Encoded done = copy_postings(merge, input, &postings, NULL, &groups);
        if (done != ENCODED) return done;
    }
    return ENCODED;
}

static Encoded copy_record(Merge *merge, const Input *input) {
    const uint8_t *info = (const uint8_t *)input->parts[INFOS].buf + 16 * (size_t)input->term;
    uint64_t offset = load_u64(info), size = (uint64_t)input->parts[POSTINGS].len;
    uint32_t count = load_u32(info + 8);
    Span span;
    if (!count || count > input->docs || offset > size ||
        span_of(&input->parts[POSTINGS], offset, size - offset, &span) < 0)
        return damaged(merge, "infos");
    return (count < BLOCK ? copy_short : copy_long)(merge, input, count, span);
}

/* Terms ------------------------------------------------------------------------------------ */

static int compare_texts(const uint8_t *a, uint32_t a_size, const uint8_t *b, uint32_t b_size) {
    int order = memcmp(a, b, a_size < b_size ? a_size : b_size);
    return order ? order : (a_size > b_size) - (a_size < b_size);
}

/* Reads the bytes of the term at which an input stands: -1 where they do not ascend. */
static int read_term(Input *input) {
    const uint8_t *offsets = (const uint8_t *)input->parts[OFFSETS].buf + 4 * (size_t)input->term;
    uint32_t start = load_u32(offsets), end = load_u32(offsets + 4);
    if (start > end || end > (uint64_t)input->parts[BLOB].len) return -1;
    const uint8_t *text = (const uint8_t *)input->parts[BLOB].buf + start;
    if (input->term && compare_texts(input->text, input->length, text, end - start) >= 0) return -1;
    input->text = text;
    input->length = end - start;
    return 0;
}

/* Equal terms stand in the order of their inputs, so that documents ascend. */
static int before(const Merge *merge, uint32_t a, uint32_t b) {
    const Input *left_input = merge->inputs + a, *right = merge->inputs + b;
    int order = compare_texts(left_input->text, left_input->length, right->text, right->length);
    return order ? order < 0 : a < b;
}

static void sink(Merge *merge, uint32_t at) {
    uint32_t *heap = merge->heap;
    for (;;) {
        uint32_t least = at, child = 2 * at + 1;
        for (uint32_t i = child; i < child + 2 && i < merge->heap_count; i++)
            if (before(merge, heap[i], heap[least])) least = i;
        if (least == at) return;
        uint32_t moved = heap[at];
        heap[at] = heap[least];
        heap[least] = moved;
        at = least;
    }
}

/* Moves the first input of the heap to its next term. */
static Encoded advance(Merge *merge) {
    Input *input = merge->inputs + merge->heap[0];
    if (++input->term == input->terms)
        merge->heap[0] = merge->heap[--merge->heap_count];
    else if (read_term(input) < 0)
        return damaged(merge, "terms");
    sink(merge, 0);
    return ENCODED;
}

static Encoded merge_term(Merge *merge) {
    const Input *first = merge->inputs + merge->heap[0];
    const uint8_t *text = first->text;
    uint32_t length = first->length;
    encoder_begin(&merge->out.encoder);
    do {
        Encoded done = copy_record(merge, merge->inputs + merge->heap[0]);
        if (done == ENCODED) done = advance(merge);
        if (done != ENCODED) return done;
        first = merge->inputs + merge->heap[0];
    } while (merge->heap_count && first->length == length &&
             memcmp(first->text, text, length) == 0);
    if (!merge->out.encoder.documents) return ENCODED;
    return end_term(&merge->out, (const char *)text, length);
}

static Encoded merge_some(Merge *merge) {
    const Encoder *encoder = &merge->out.encoder;
    Encoded done = ENCODED;
    while (done == ENCODED && merge->heap_count && encoder->postings.size < HELD &&
           encoder->positions.size < HELD)
        done = merge_term(merge);
    return done == ENCODED && !merge->heap_count ? end_field(&merge->out) : done;
}

static int start_heap(Merge *merge) {
    merge->heap = malloc(((size_t)merge->count + 1) * 4);
    if (!merge->heap) return PyErr_NoMemory(), -1;
    for (Py_ssize_t i = 0; i < merge->count; i++) {
        if (!merge->inputs[i].terms) continue;
        if (read_term(merge->inputs + i) < 0) {
            PyErr_Format(Damaged, "%zd: terms", i);
            return -1;
        }
        merge->heap[merge->heap_count++] = (uint32_t)i;
    }
    for (uint32_t at = merge->heap_count; at-- > 0;) sink(merge, at);
    return 0;
}

/* Python's side ---------------------------------------------------------------------------- */

/* Gives what a part holds to its callback and empties it. */
static int give(Encoder *encoder, Bytes *part, PyObject *callback) {
    if (!part->size) return 0;
    PyObject *done = PyObject_CallFunction(callback, "y#", (const char *)part->data,
                                           (Py_ssize_t)part->size);
    if (!done) return -1;
    Py_DECREF(done);
    encoder_taken(encoder, part);
    return 0;
}

static int run_merge(Merge *merge, PyObject *put_postings, PyObject *put_positions) {
    Encoder *encoder = &merge->out.encoder;
    if (start_heap(merge) < 0) return -1;
    do {
        Encoded done;
        Py_BEGIN_ALLOW_THREADS
        done = merge_some(merge);
        Py_END_ALLOW_THREADS
        if (merge->damage)
            return PyErr_Format(Damaged, "%zd: %s", merge->damaged, merge->damage), -1;
        if (done != ENCODED) return encoded_error(done);
        if (give(encoder, &encoder->postings, put_postings) < 0 ||
            give(encoder, &encoder->positions, put_positions) < 0)
            return -1;
    } while (merge->heap_count);
    return 0;
}

/* Checks what the decoder relies on: sizes that follow from counts. */
static int check_input(const Input *input, Py_ssize_t number) {
    const Py_buffer *parts = input->parts;
    if (input->docs > MAX_DOCS || input->base > MAX_DOCS ||
        (uint64_t)parts[OFFSETS].len != 4 * ((uint64_t)input->terms + 1) ||
        (uint64_t)parts[INFOS].len != 16 * (uint64_t)input->terms ||
        (parts[MAP].buf && (uint64_t)parts[MAP].len != 4 * (uint64_t)input->docs)) {
        PyErr_Format(Damaged, "%zd: sections of a wrong size", number);
        return -1;
    }
    return 0;
}

/* Reads (kind, docs, base, terms, blob, offsets, infos, postings, positions, map or None). */
static int open_input(Input *input, PyObject *described, Py_ssize_t number) {
    Py_buffer *parts = input->parts;
    if (!PyTuple_Check(described)) return PyErr_SetString(PyExc_TypeError, "not a tuple"), -1;
    if (!PyArg_ParseTuple(described, "iIIIy*y*y*y*y*z*", &input->kind, &input->docs, &input->base,
                          &input->terms, parts + BLOB, parts + OFFSETS, parts + INFOS,
                          parts + POSTINGS, parts + POSITIONS_OF, parts + MAP)) {
        memset(parts, 0, sizeof input->parts); /* ParseTuple has released them */
        return -1;
    }
    return check_input(input, number);
}

static void close_merge(Merge *merge) {
    for (Py_ssize_t i = 0; i < merge->count; i++)
        for (int part = 0; part < PARTS; part++)
            if (merge->inputs[i].parts[part].obj) PyBuffer_Release(merge->inputs[i].parts + part);
    free(merge->inputs);
    free(merge->heap);
    free_sections(&merge->out);
}

static int open_merge(Merge *merge, PyObject *inputs, int kind) {
    merge->inputs = calloc((size_t)PyTuple_GET_SIZE(inputs) + 1, sizeof *merge->inputs);
    if (!merge->inputs) return PyErr_NoMemory(), -1;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(inputs); i++) {
        merge->count++;
        if (open_input(merge->inputs + i, PyTuple_GET_ITEM(inputs, i), i) < 0) return -1;
        if ((merge->inputs[i].kind == POSITIONS) != (kind == POSITIONS)) {
            PyErr_SetString(PyExc_ValueError, "positions cannot be made up or left out");
            return -1;
        }
    }
    return 0;
}

static PyObject *of_bytes(const Bytes *bytes) {
    return PyBytes_FromStringAndSize((const char *)bytes->data, (Py_ssize_t)bytes->size);
}

static PyObject *merge_result(const Sections *out) {
    /* "N" takes the references, and fails with them where one is NULL. */
    return Py_BuildValue("(INNN)", out->terms, of_bytes(&out->blob), of_bytes(&out->offsets),
                         of_bytes(&out->infos));
}

static PyObject *merge_fields(PyObject *module, PyObject *args) {
    (void)module;
    int kind;
    unsigned int docs;
    PyObject *inputs, *put_postings, *put_positions;
    Py_buffer norms;
    if (!PyArg_ParseTuple(args, "iIz*O!OO", &kind, &docs, &norms, &PyTuple_Type, &inputs,
                          &put_postings, &put_positions))
        return NULL;
    PyObject *result = NULL;
    Merge merge = {0};
    if (kind < EXISTENCE || kind > POSITIONS || docs > MAX_DOCS ||
        (norms.buf && norms.len != (Py_ssize_t)docs)) {
        PyErr_SetString(PyExc_ValueError, "kind, documents or norms out of bounds");
    } else {
        encoder_open(&merge.out.encoder, kind, norms.buf, docs);
        if (open_merge(&merge, inputs, kind) == 0 &&
            run_merge(&merge, put_postings, put_positions) == 0)
            result = merge_result(&merge.out);
    }
    close_merge(&merge);
    if (norms.obj) PyBuffer_Release(&norms);
    return result;
}

static PyMethodDef functions[] = {
    {"merge_fields", merge_fields, METH_VARARGS, "Merge a field of several segments into one."},
    {NULL, NULL, 0, NULL},
};

int register_merge(PyObject *module) {
    return PyModule_AddFunctions(module, functions);
}
