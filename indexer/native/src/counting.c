/* What becomes of counts: the highest, and those that are not 0 by name. */
#include "request.h"

/* top_counts(counts, n) -> the n highest, most first, ties by place; and how many are not 0. */
static PyObject *top_counts(PyObject *module, PyObject *args) {
    (void)module;
    Py_buffer view;
    Py_ssize_t wanted;
    if (!PyArg_ParseTuple(args, "y*n", &view, &wanted)) return NULL;
    Py_ssize_t size = view.len / 4, n = 0, used = 0;
    if (wanted < 0) wanted = 0;
    if (wanted > size) wanted = size;
    uint32_t *places = PyMem_Malloc(4 * (size_t)wanted + 4);
    if (!places) {
        PyBuffer_Release(&view);
        return PyErr_NoMemory();
    }
    const uint8_t *counts = view.buf;
    for (Py_ssize_t i = 0; i < size; i++) {
        uint32_t count = load_u32(counts + 4 * i);
        if (!count) continue;
        used++;
        if (n == wanted && (!n || load_u32(counts + 4 * (size_t)places[n - 1]) >= count)) continue;
        Py_ssize_t at = n < wanted ? n++ : n - 1;
        for (; at > 0 && load_u32(counts + 4 * (size_t)places[at - 1]) < count; at--)
            places[at] = places[at - 1];
        places[at] = (uint32_t)i;
    }
    PyObject *top = PyList_New(n);
    for (Py_ssize_t i = 0; top && i < n; i++) {
        PyObject *pair = Py_BuildValue("II", places[i], load_u32(counts + 4 * (size_t)places[i]));
        if (!pair) {
            Py_CLEAR(top);
            break;
        }
        PyList_SET_ITEM(top, i, pair);
    }
    PyMem_Free(places);
    PyBuffer_Release(&view);
    return top ? Py_BuildValue("Nn", top, used) : NULL;
}

/* counted_range(counts) -> (first place that counts anything, one after the last); 0, 0 where none. */
static PyObject *counted_range(PyObject *module, PyObject *counts) {
    (void)module;
    Py_buffer view;
    if (PyObject_GetBuffer(counts, &view, PyBUF_SIMPLE) < 0) return NULL;
    const uint8_t *numbers = view.buf;
    Py_ssize_t first = 0, end = view.len / 4;
    while (end && !load_u32(numbers + 4 * (end - 1))) end--;
    while (first < end && !load_u32(numbers + 4 * first)) first++;
    PyBuffer_Release(&view);
    return Py_BuildValue("nn", end ? first : 0, end);
}

/* named_counts(names, counts) -> {name: count} of the counts that are not 0. */
static PyObject *named_counts(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *names;
    Py_buffer view;
    if (!PyArg_ParseTuple(args, "O!y*", &PyList_Type, &names, &view)) return NULL;
    PyObject *named = PyDict_New();
    if (named && PyList_GET_SIZE(names) != view.len / 4) {
        PyErr_SetString(PyExc_ValueError, "one count a name is wanted");
        Py_CLEAR(named);
    }
    for (Py_ssize_t i = 0; named && i < PyList_GET_SIZE(names); i++) {
        uint32_t count = load_u32((const uint8_t *)view.buf + 4 * i);
        if (!count) continue;
        PyObject *number = PyLong_FromUnsignedLong(count);
        if (!number || PyDict_SetItem(named, PyList_GET_ITEM(names, i), number) < 0) Py_CLEAR(named);
        Py_XDECREF(number);
    }
    PyBuffer_Release(&view);
    return named;
}

/* highest(numbers, width) -> the highest of unsigned numbers of 1, 2 or 4 bytes, 0 where none. */
static PyObject *highest(PyObject *module, PyObject *args) {
    (void)module;
    Py_buffer view;
    int width;
    if (!PyArg_ParseTuple(args, "y*i", &view, &width)) return NULL;
    const uint8_t *at = view.buf, *end = at + view.len - (width > 0 ? view.len % width : 0);
    uint32_t most = 0;
    for (; width == 1 && at < end; at++) most = *at > most ? *at : most;
    for (; width == 2 && at < end; at += 2) {
        uint16_t number;
        memcpy(&number, at, 2);
        most = number > most ? number : most;
    }
    for (; width == 4 && at < end; at += 4) most = load_u32(at) > most ? load_u32(at) : most;
    PyBuffer_Release(&view);
    return PyLong_FromUnsignedLong(most);
}

PyMethodDef counting_methods[] = {
    {"counted_range", counted_range, METH_O,
     "counted_range(counts) -> (first place that counts anything, one after the last)."},
    {"highest", highest, METH_VARARGS,
     "highest(numbers, width) -> the highest of unsigned numbers of 1, 2 or 4 bytes."},
    {"named_counts", named_counts, METH_VARARGS,
     "named_counts(names, counts) -> {name: count} of the counts that are not 0."},
    {"top_counts", top_counts, METH_VARARGS,
     "top_counts(counts, n) -> ([(place, count)] of the n highest, how many are not 0)."},
    {NULL, NULL, 0, NULL},
};
