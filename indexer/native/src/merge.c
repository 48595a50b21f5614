/* Fields of several segments into one: their terms in order, those that are equal into one record. */
#include "merge.h"

#include <stdlib.h>

/* Bytes of postings or positions that are held before they are given away. */
#define HELD (4u << 20)

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
        return merge_damaged(merge, "terms");
    sink(merge, 0);
    return ENCODED;
}

static Encoded merge_term(Merge *merge) {
    const Input *first = merge->inputs + merge->heap[0];
    const uint8_t *text = first->text;
    uint32_t length = first->length;
    encoder_begin(&merge->out.encoder);
    do {
        Encoded done = merge_record(merge, merge->inputs + merge->heap[0]);
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
