/* Documents by field: values that come again and again have codes, and a batch of codes is taken in
 * one call. A field whose terms have positions takes its values one by one (invert_terms.c). */
#include "invert.h"

/* The field of a number, if it takes terms without positions. */
static Field *coded_field(Inverter *self, Py_ssize_t number) {
    Field *field = inverter_field(self, number);
    if (field && (field->source != NO_SOURCE || field->kind == POSITIONS)) {
        inverter_refuse("this field takes its values one by one");
        return NULL;
    }
    return field;
}

/* Appends (term, tf) of an item (term, tf, anything). */
static int append_item(Field *field, PyObject *item) {
    char *text;
    Py_ssize_t length;
    if (!PyTuple_Check(item) || PyTuple_GET_SIZE(item) != 3)
        return inverter_refuse("an item is a term, a weight and positions");
    if (PyBytes_AsStringAndSize(PyTuple_GET_ITEM(item, 0), &text, &length) < 0) return -1;
    unsigned long tf = PyLong_AsUnsignedLong(PyTuple_GET_ITEM(item, 1));
    if (tf == (unsigned long)-1 && PyErr_Occurred()) return -1;
    if (tf < 1 || tf >= UINT32_MAX) return inverter_refuse("a weight must be a whole number from 1");
    int64_t term = terms_intern(&field->terms, text, (size_t)length);
    if (term < 0 || bytes_reserve(&field->values, 8) < 0) return PyErr_NoMemory(), -1;
    bytes_u32(&field->values, (uint32_t)term);
    bytes_u32(&field->values, (uint32_t)tf);
    return 0;
}

/* Appends the length and the items of a value, and where they end. */
static int append_value(Field *field, PyObject *items, uint32_t length) {
    if (bytes_reserve(&field->value_starts, 8) < 0 || bytes_reserve(&field->values, 4) < 0)
        return PyErr_NoMemory(), -1;
    if (!field->value_starts.size) bytes_u32(&field->value_starts, 0);
    bytes_u32(&field->values, length);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(items); i++)
        if (append_item(field, PyTuple_GET_ITEM(items, i)) < 0) return -1;
    if (field->values.size / 4 > UINT32_MAX) return inverter_refuse("too many values");
    bytes_u32(&field->value_starts, (uint32_t)(field->values.size / 4));
    return 0;
}

static uint32_t value_count(const Field *field) {
    return field->value_starts.size ? (uint32_t)(field->value_starts.size / 4 - 1) : 0;
}

PyObject *inverter_define_value(PyObject *object, PyObject *args) {
    Inverter *self = (Inverter *)object;
    Py_ssize_t number;
    PyObject *items;
    unsigned int length;
    if (!PyArg_ParseTuple(args, "nO!I", &number, &PyTuple_Type, &items, &length) ||
        !inverter_usable(self))
        return NULL;
    Field *field = coded_field(self, number);
    if (!field) return NULL;
    size_t before = field->values.size;
    if (append_value(field, items, length) < 0) {
        field->values.size = before;
        return NULL;
    }
    return PyLong_FromUnsignedLong(value_count(field));
}

/* Adds the terms of a value to a document, and its length. */
static int add_value(Field *field, uint32_t code, uint32_t document) {
    const uint32_t *starts = (const uint32_t *)(const void *)field->value_starts.data;
    const uint32_t *value = (const uint32_t *)(const void *)field->values.data + starts[code - 1];
    uint32_t items = (starts[code] - starts[code - 1]) / 2;
    Bytes *stream = &field->terms.stream;
    if (bytes_reserve(stream, (size_t)items * 12) < 0 || bytes_reserve(&field->lengths, 8) < 0)
        return PyErr_NoMemory(), -1;
    if (*value) {
        bytes_u32(&field->lengths, document);
        bytes_u32(&field->lengths, *value);
    }
    uint32_t *out = (uint32_t *)(void *)(stream->data + stream->size);
    for (uint32_t i = 0; i < items; i++) {
        *out++ = value[1 + 2 * i];
        *out++ = document;
        *out++ = value[2 + 2 * i];
        field->weighted |= value[2 + 2 * i] > 1;
    }
    stream->size += (size_t)items * 12;
    return 0;
}

PyObject *inverter_add_codes(PyObject *object, PyObject *args) {
    Inverter *self = (Inverter *)object;
    Py_ssize_t number;
    unsigned int first;
    Py_buffer codes;
    if (!PyArg_ParseTuple(args, "nIy*", &number, &first, &codes)) return NULL;
    Field *field = inverter_usable(self) ? coded_field(self, number) : NULL;
    size_t count = (size_t)codes.len / 4;
    int failed = !field;
    if (field && (first > MAX_DOCS || count > MAX_DOCS - first))
        failed = inverter_refuse("document out of bounds");
    for (size_t i = 0; !failed && i < count; i++) {
        uint32_t code = load_u32((const uint8_t *)codes.buf + 4 * i);
        if (code > value_count(field)) failed = inverter_refuse("no value has this code");
        else if (code) failed = add_value(field, code, first + (uint32_t)i);
    }
    PyBuffer_Release(&codes);
    return failed ? NULL : Py_NewRef(Py_None);
}

PyObject *inverter_add_terms(PyObject *object, PyObject *args) {
    Inverter *self = (Inverter *)object;
    Py_ssize_t number;
    unsigned int first, tf, length;
    PyObject *terms;
    if (!PyArg_ParseTuple(args, "nIO!II", &number, &first, &PyTuple_Type, &terms, &tf, &length) ||
        !inverter_usable(self))
        return NULL;
    Field *field = coded_field(self, number);
    if (!field) return NULL;
    if (first > MAX_DOCS || PyTuple_GET_SIZE(terms) > (Py_ssize_t)(MAX_DOCS - first))
        return inverter_refuse("document out of bounds"), NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(terms); i++) {
        PyObject *term = PyTuple_GET_ITEM(terms, i);
        uint32_t document = first + (uint32_t)i;
        if (term == Py_None) continue;
        if (inverter_add_posting(field, term, document, tf, NULL) < 0) return NULL;
        if (length && inverter_set_length(self, number, document, length) < 0) return NULL;
    }
    Py_RETURN_NONE;
}
