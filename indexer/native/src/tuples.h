/* Named tuples made natively: instances of subclasses of tuple that add no fields of their own. */
#ifndef TUPLES_H
#define TUPLES_H

#include "kernel.h"

/* Whether the instances of a type are laid out as plain tuples are. */
static inline int is_plain_tuple(PyObject *type) {
    return PyType_Check(type) && PyType_IsSubtype((PyTypeObject *)type, &PyTuple_Type) &&
           ((PyTypeObject *)type)->tp_basicsize == PyTuple_Type.tp_basicsize &&
           ((PyTypeObject *)type)->tp_itemsize == PyTuple_Type.tp_itemsize;
}

/* A tuple of such a type from items whose references it takes; NULL where one of them is NULL. */
static inline PyObject *make_tuple(PyObject *type, PyObject *const *items, Py_ssize_t count) {
    PyTypeObject *kind = (PyTypeObject *)type;
    PyObject *tuple = kind == &PyTuple_Type ? PyTuple_New(count) : kind->tp_alloc(kind, count);
    int whole = tuple != NULL;
    for (Py_ssize_t at = 0; at < count; at++) {
        whole &= items[at] != NULL;
        if (tuple) PyTuple_SET_ITEM(tuple, at, items[at]);
        else Py_XDECREF(items[at]);
    }
    if (!whole) Py_CLEAR(tuple);
    return tuple;
}

#endif
