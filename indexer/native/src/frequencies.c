/* In how many documents words stand: asked of hundreds a search, so in one call for all of them, all
 * segments and all fields. */
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

static int frequency(PyObject *segments, PyObject *name, const Py_buffer *term, uint64_t *total) {
    *total = 0;
    for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(segments); at++) {
        PyObject *segment = PyTuple_GET_ITEM(segments, at);
        if (!PyObject_TypeCheck(segment, &SegmentType)) {
            PyErr_SetString(PyExc_TypeError, "doc_frequencies takes Segments");
            return -1;
        }
        if (add_frequency((Segment *)segment, name, term, total) < 0) return -1;
    }
    return 0;
}

static PyObject *highest_frequency(PyObject *segments, PyObject *fields, PyObject *word) {
    Py_buffer term;
    uint64_t most = 0, total;
    if (PyObject_GetBuffer(word, &term, PyBUF_SIMPLE) < 0) return NULL;
    int failed = 0;
    for (Py_ssize_t at = 0; !failed && at < PyTuple_GET_SIZE(fields); at++) {
        failed = frequency(segments, PyTuple_GET_ITEM(fields, at), &term, &total);
        if (!failed && total > most) most = total;
    }
    PyBuffer_Release(&term);
    return failed ? NULL : PyLong_FromUnsignedLongLong(most);
}

PyDoc_STRVAR(doc_frequencies_doc,
"doc_frequencies(segments, fields, terms, /)\n--\n\n"
"Return for each of some terms in how many documents of all segments it stands, deleted ones included,\n"
"in the field where most have it.");

static PyObject *doc_frequencies(PyObject *module, PyObject *args) {
    PyObject *segments, *fields, *terms;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!O!O!:doc_frequencies", &PyTuple_Type, &segments, &PyTuple_Type, &fields,
                          &PyTuple_Type, &terms))
        return NULL;
    PyObject *found = PyList_New(PyTuple_GET_SIZE(terms));
    for (Py_ssize_t at = 0; found && at < PyTuple_GET_SIZE(terms); at++) {
        PyObject *number = highest_frequency(segments, fields, PyTuple_GET_ITEM(terms, at));
        if (number) PyList_SET_ITEM(found, at, number);
        else Py_CLEAR(found);
    }
    return found;
}

static PyMethodDef functions[] = {
    {"doc_frequencies", doc_frequencies, METH_VARARGS, doc_frequencies_doc},
    {NULL, NULL, 0, NULL},
};

int register_frequencies(PyObject *module) {
    return PyModule_AddFunctions(module, functions);
}
