/* The order of documents by their values, over the columns of several segments. */
#include "kernel.h"

/* A column: its values in ascending order, and the code of each document's. */
typedef struct {
    Py_buffer blob, offsets, codes;
    Py_ssize_t code_width;
    size_t values, docs, at; /* `at`: the first value that has no rank yet */
    uint32_t *ranks;         /* of the values */
} Column;

static const uint8_t *value_at(const Column *column, size_t value, size_t *length) {
    const uint8_t *offsets = (const uint8_t *)column->offsets.buf + 4 * value;
    uint32_t start = load_u32(offsets);
    *length = load_u32(offsets + 4) - start;
    return (const uint8_t *)column->blob.buf + start;
}

/* Whether all values are inside, and all codes are of one. */
static int is_sound(const Column *column) {
    uint32_t before = 0;
    for (size_t value = 0; value <= column->values; value++) {
        uint32_t start = load_u32((const uint8_t *)column->offsets.buf + 4 * value);
        if (start < before || start > (size_t)column->blob.len) return 0;
        before = start;
    }
    for (size_t doc = 0; doc < column->docs; doc++)
        if (load_code(column->codes.buf, doc, column->code_width) >= column->values) return 0;
    return 1;
}

static int compare(const Column *one, const Column *other) {
    size_t length, other_length;
    const uint8_t *value = value_at(one, one->at, &length), *against = value_at(other, other->at, &other_length);
    int order = memcmp(value, against, length < other_length ? length : other_length);
    return order ? order : (length > other_length) - (length < other_length);
}

/* Gives the least value that is left a rank, in all columns that have it: 0 where none is left. */
static int rank_next(Column *columns, Py_ssize_t count, uint32_t rank) {
    const Column *least = NULL;
    for (Py_ssize_t i = 0; i < count; i++)
        if (columns[i].at < columns[i].values && (!least || compare(columns + i, least) < 0)) least = columns + i;
    if (!least) return 0;
    Column first = *least;
    for (Py_ssize_t i = 0; i < count; i++)
        if (columns[i].at < columns[i].values && !compare(columns + i, &first))
            columns[i].ranks[columns[i].at++] = rank;
    return 1;
}

static int open_column(PyObject *told, Column *column) {
    if (!PyTuple_Check(told) || !PyArg_ParseTuple(told, "y*y*y*n:value_ranks", &column->blob, &column->offsets,
                                                 &column->codes, &column->code_width))
        return PyErr_Occurred() ? -1 : (PyErr_SetString(PyExc_TypeError, "a column is a tuple"), -1);
    Py_ssize_t width = column->code_width;
    column->values = (size_t)column->offsets.len / 4;
    if ((width != 1 && width != 2 && width != 4) || column->codes.len % width || !column->values--) {
        PyErr_SetString(PyExc_ValueError, "the buffers are not of a column");
        return -1;
    }
    column->docs = (size_t)(column->codes.len / width);
    column->ranks = PyMem_RawMalloc((column->values + 1) * sizeof *column->ranks);
    return column->ranks ? 0 : (PyErr_NoMemory(), -1);
}

static void close_column(Column *column) {
    if (column->blob.obj) PyBuffer_Release(&column->blob);
    if (column->offsets.obj) PyBuffer_Release(&column->offsets);
    if (column->codes.obj) PyBuffer_Release(&column->codes);
    PyMem_RawFree(column->ranks);
}

static PyObject *ranks_of(const Column *column) {
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(4 * column->docs));
    if (!bytes) return NULL;
    uint32_t *out = (uint32_t *)(void *)PyBytes_AS_STRING(bytes);
    for (size_t doc = 0; doc < column->docs; doc++)
        out[doc] = column->ranks[load_code(column->codes.buf, doc, column->code_width)];
    return bytes;
}

/* The ranks of all columns, None where one is not sound, or NULL. */
static PyObject *all_ranks(Column *columns, Py_ssize_t count) {
    for (Py_ssize_t i = 0; i < count; i++)
        if (!is_sound(columns + i)) Py_RETURN_NONE;
    for (uint32_t rank = 0; rank_next(columns, count, rank);) rank++;
    PyObject *found = PyTuple_New(count);
    for (Py_ssize_t i = 0; found && i < count; i++) {
        PyObject *ranks = ranks_of(columns + i);
        if (ranks) PyTuple_SET_ITEM(found, i, ranks);
        else Py_CLEAR(found);
    }
    return found;
}

PyDoc_STRVAR(value_ranks_doc,
"value_ranks(columns, /)\n--\n\n"
"Return the rank of each document's value among those of all columns: 32-bit numbers a column.\n\n"
"`columns` is a tuple of (blob, offsets, codes, code_width), the values of each in ascending order.\n"
"Equal values have one rank. None where a value or a code lies outside.");

static PyObject *value_ranks(PyObject *module, PyObject *told) {
    (void)module;
    if (!PyTuple_Check(told)) return PyErr_Format(PyExc_TypeError, "a tuple of columns is needed");
    Py_ssize_t count = PyTuple_GET_SIZE(told), opened = 0;
    Column *columns = PyMem_RawCalloc((size_t)count + 1, sizeof *columns);
    if (!columns) return PyErr_NoMemory();
    PyObject *found = NULL;
    while (opened < count && open_column(PyTuple_GET_ITEM(told, opened), columns + opened) == 0) opened++;
    if (opened == count) found = all_ranks(columns, count);
    for (Py_ssize_t i = 0; i < count; i++) close_column(columns + i);
    PyMem_RawFree(columns);
    return found;
}

static PyMethodDef functions[] = {
    {"value_ranks", value_ranks, METH_O, value_ranks_doc},
    {NULL, NULL, 0, NULL},
};

int register_column_ranks(PyObject *module) { return PyModule_AddFunctions(module, functions); }
