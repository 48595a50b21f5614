/* In how many documents a term stands: asked hundreds of times a search, so in one call for all
 * segments and fields. */
#include "segment.h"

/* Adds the documents of one segment to `total`: 0, or -1 with an exception. */
static int add_frequency(Segment *segment, PyObject *name, const Py_buffer *term, uint64_t *total) {
    if (!PyUnicode_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "a field is a str");
        return -1;
    }
    const Field *field = segment_field(segment, name);
    int64_t place = field ? find_term(field, term->buf, (size_t)term->len) : NO_TERM;
    uint32_t df = 0, cf;
    if (place == -2 || (place >= 0 && term_frequencies(segment, field, (uint32_t)place, &df, &cf) < 0)) {
        PyErr_Format(Damaged, "%U: term table out of range", segment->name);
        return -1;
    }
    *total += df;
    return 0;
}

static PyObject *frequency(PyObject *segments, PyObject *name, const Py_buffer *term) {
    uint64_t total = 0;
    for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(segments); at++) {
        PyObject *segment = PyTuple_GET_ITEM(segments, at);
        if (!PyObject_TypeCheck(segment, &SegmentType))
            return PyErr_Format(PyExc_TypeError, "doc_frequencies takes Segments");
        if (add_frequency((Segment *)segment, name, term, &total) < 0) return NULL;
    }
    return PyLong_FromUnsignedLongLong(total);
}

PyDoc_STRVAR(doc_frequencies_doc,
"doc_frequencies(segments, fields, term, /)\n--\n\n"
"Return in how many documents of all segments a term stands, deleted ones included, one number a field.");

static PyObject *doc_frequencies(PyObject *module, PyObject *args) {
    PyObject *segments, *fields;
    Py_buffer term;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!O!y*:doc_frequencies", &PyTuple_Type, &segments, &PyTuple_Type, &fields, &term))
        return NULL;
    PyObject *found = PyTuple_New(PyTuple_GET_SIZE(fields));
    for (Py_ssize_t at = 0; found && at < PyTuple_GET_SIZE(fields); at++) {
        PyObject *number = frequency(segments, PyTuple_GET_ITEM(fields, at), &term);
        if (number) PyTuple_SET_ITEM(found, at, number);
        else Py_CLEAR(found);
    }
    PyBuffer_Release(&term);
    return found;
}

static PyMethodDef functions[] = {
    {"doc_frequencies", doc_frequencies, METH_VARARGS, doc_frequencies_doc},
    {NULL, NULL, 0, NULL},
};

int register_frequencies(PyObject *module) {
    return PyModule_AddFunctions(module, functions);
}
