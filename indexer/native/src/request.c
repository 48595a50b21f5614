/* What a search is asked, from Python. */
#include "request.h"

#include <stdlib.h>

int read_keys(PyObject *order, Top *top) {
    if (!PyTuple_Check(order) || PyTuple_GET_SIZE(order) < 1 || PyTuple_GET_SIZE(order) > 4) {
        PyErr_SetString(PyExc_TypeError, "order is 1 to 4 keys");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(order); i++) {
        PyObject *name, *zero_as;
        Key *key = &top->keys[i];
        if (!PyArg_ParseTuple(PyTuple_GET_ITEM(order, i), "OpO", &name, &key->descending, &zero_as))
            return -1;
        key->name = name == Py_None ? NULL : name;
        key->has_zero_as = zero_as != Py_None;
        if (key->has_zero_as) key->zero_as = PyLong_AsLongLong(zero_as);
        if (PyErr_Occurred()) return -1;
        top->has_score |= !key->name;
    }
    top->n_keys = (int)PyTuple_GET_SIZE(order);
    top->score_first = !top->keys[0].name;
    return 0;
}

static int check_tables(PyObject *tables, Py_ssize_t n) {
    if (PyTuple_Check(tables) && PyTuple_GET_SIZE(tables) == n) {
        Py_ssize_t i = 0;
        while (i < n && PyBytes_Check(PyTuple_GET_ITEM(tables, i))) i++;
        if (i == n) return 0;
    }
    PyErr_SetString(PyExc_TypeError, "one table of bytes for each segment is wanted");
    return -1;
}

int read_filters(PyObject *filters, Search *search, Py_ssize_t segments) {
    if (!PyTuple_Check(filters) || PyTuple_GET_SIZE(filters) > MAX_FILTERS) {
        PyErr_SetString(PyExc_TypeError, "filters are a tuple of at most 16");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(filters); i++) {
        Filter *filter = &search->filters[i];
        if (!PyArg_ParseTuple(PyTuple_GET_ITEM(filters, i), "UO", &filter->column, &filter->allowed) ||
            check_tables(filter->allowed, segments) < 0)
            return -1;
        search->n_filters++;
    }
    return 0;
}

int read_facets(PyObject *facets, Search *search, Py_ssize_t segments) {
    if (!PyTuple_Check(facets) || PyTuple_GET_SIZE(facets) > MAX_FACETS) {
        PyErr_SetString(PyExc_TypeError, "facets are a tuple of at most 32");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(facets); i++) {
        Facet *facet = &search->facets[i];
        unsigned int size;
        if (!PyArg_ParseTuple(PyTuple_GET_ITEM(facets, i), "UOIi", &facet->column, &facet->maps,
                              &size, &facet->own) ||
            check_tables(facet->maps, segments) < 0)
            return -1;
        facet->size = size;
        facet->counts = calloc((size_t)size + 1, 4);
        search->n_facets++;
        if (!facet->counts) {
            PyErr_NoMemory();
            return -1;
        }
    }
    return 0;
}

int read_collapse(PyObject *asked, Search *search, Py_ssize_t segments) {
    Collapse *collapse = &search->collapse;
    unsigned int size;
    if (asked == Py_None) return 0;
    if (!PyTuple_Check(asked) || !PyArg_ParseTuple(asked, "OI", &collapse->codes, &size) ||
        check_tables(collapse->codes, segments) < 0) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "collapse is codes and their number");
        return -1;
    }
    for (Py_ssize_t i = 0; i < segments; i++) {
        const Segment *segment = (Segment *)PyTuple_GET_ITEM(search->segments, i);
        if (PyBytes_GET_SIZE(PyTuple_GET_ITEM(collapse->codes, i)) == 4 * (Py_ssize_t)segment->docs) continue;
        PyErr_SetString(PyExc_ValueError, "a code for each document is wanted");
        return -1;
    }
    collapse->size = size;
    collapse->counts = calloc((size_t)size + 1, 4);
    if (collapse->counts && make_slots(&search->top, size) == 0) return 0;
    PyErr_NoMemory();
    return -1;
}

void free_request(Search *search) {
    spreads_free(&search->spreads);
    free(search->collapse.counts);
    free(search->top.slots);
    for (int i = 0; i < search->n_facets; i++) free(search->facets[i].counts);
    free(search->top.hits);
}
