/* What a search found, for Python. */
#include "request.h"

static PyObject *hits_of(const Top *top, size_t first) {
    size_t n = top->n > first ? top->n - first : 0;
    PyObject *hits = PyList_New((Py_ssize_t)n);
    for (size_t i = 0; hits && i < n; i++) {
        const Hit *hit = &top->hits[first + i];
        PyObject *pair = PyTuple_New(2);
        PyObject *score = PyFloat_FromDouble(hit->score), *doc = PyLong_FromUnsignedLong(hit->doc);
        if (!pair || !score || !doc) {
            Py_XDECREF(pair);
            Py_XDECREF(score);
            Py_XDECREF(doc);
            Py_CLEAR(hits);
            break;
        }
        PyTuple_SET_ITEM(pair, 0, score);
        PyTuple_SET_ITEM(pair, 1, doc);
        PyList_SET_ITEM(hits, (Py_ssize_t)i, pair);
    }
    return hits;
}

static PyObject *counts_of(const Search *search) {
    PyObject *counts = PyTuple_New(search->n_facets);
    for (int i = 0; counts && i < search->n_facets; i++) {
        PyObject *bytes = PyBytes_FromStringAndSize((const char *)search->facets[i].counts,
                                                    4 * (Py_ssize_t)search->facets[i].size);
        if (!bytes) {
            Py_CLEAR(counts);
            break;
        }
        PyTuple_SET_ITEM(counts, i, bytes);
    }
    return counts;
}

/* Hits that are left once those of one code are one. */
static uint64_t count_groups(const Search *search) {
    uint64_t groups = search->total;
    for (uint32_t code = 1; code < search->collapse.size; code++) {
        uint32_t count = search->collapse.counts[code];
        groups -= count ? count - 1 : 0;
    }
    return groups;
}

/* How many others share the code of each hit; nothing where nothing collapses. */
static PyObject *others_of(const Search *search) {
    const Top *top = &search->top;
    size_t n = search->collapse.codes && top->n > search->first ? top->n - search->first : 0;
    PyObject *others = PyList_New((Py_ssize_t)n);
    for (size_t i = 0; others && i < n; i++) {
        uint32_t code = top->hits[search->first + i].code;
        PyObject *count = PyLong_FromUnsignedLong(code ? search->collapse.counts[code] - 1 : 0);
        if (count)
            PyList_SET_ITEM(others, (Py_ssize_t)i, count);
        else
            Py_CLEAR(others);
    }
    return others;
}

PyObject *answer_of(const Search *search) {
    PyObject *hits = NULL, *counts = NULL, *spreads = NULL, *others = NULL;
    if ((hits = hits_of(&search->top, search->first)) && (counts = counts_of(search)) &&
        (spreads = spreads_of(&search->spreads)) && (others = others_of(search)))
        return Py_BuildValue("(KKNNNKN)", (unsigned long long)search->matched,
                             (unsigned long long)search->total, hits, counts, spreads,
                             (unsigned long long)count_groups(search), others);
    Py_XDECREF(hits);
    Py_XDECREF(counts);
    Py_XDECREF(spreads);
    return NULL;
}
