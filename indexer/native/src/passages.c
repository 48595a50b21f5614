/* The type Matcher: what a query marks, and the marks and extracts of texts made with it. */
#include "passages.h"
#include "tuples.h"

static PyTypeObject MatcherType;

/* --- answering ------------------------------------------------------------------------------- */

static int append_piece(Matcher *self, PyObject *list, PyObject *text, Py_ssize_t start, Py_ssize_t end, int match) {
    PyObject *items[2] = {PyUnicode_Substring(text, start, end), PyBool_FromLong(match)};
    PyObject *piece = make_tuple(self->piece, items, 2);
    int failed = piece ? PyList_Append(list, piece) : -1;
    Py_XDECREF(piece);
    return failed;
}

/* Cuts a range of a text into runs that match and runs that do not: a tuple of pieces. */
static PyObject *make_pieces(Matcher *self, PyObject *text, const Spans *spans, Py_ssize_t start, Py_ssize_t end) {
    PyObject *list = PyList_New(0);
    Py_ssize_t place = start;
    for (size_t at = 0; list && at < spans->count; at++) {
        Py_ssize_t first = spans->at[at].start, last = spans->at[at].end;
        if (first < start) first = start;
        if (last > end) last = end;
        if (first >= last) continue;
        int failed = first > place ? append_piece(self, list, text, place, first, 0) : 0;
        if (failed || append_piece(self, list, text, first, last, 1) < 0) Py_CLEAR(list);
        place = last;
    }
    if (list && place < end && append_piece(self, list, text, place, end, 0) < 0) Py_CLEAR(list);
    PyObject *pieces = list ? PyList_AsTuple(list) : NULL;
    Py_XDECREF(list);
    return pieces;
}

PyDoc_STRVAR(spans_doc,
"spans(text, /)\n--\n\n"
"Return the matches of a text in order, overlaps joined: tuples of the type `span`,\n"
"(start, end, weight, word).");

static PyObject *matcher_spans(Matcher *self, PyObject *text) {
    Spans spans;
    if (find_spans(self, text, &spans) < 0) return NULL;
    PyObject *list = PyList_New((Py_ssize_t)spans.count);
    for (size_t at = 0; list && at < spans.count; at++) {
        const Span *span = &spans.at[at];
        PyObject *items[4] = {
            PyLong_FromUnsignedLong(span->start), PyLong_FromUnsignedLong(span->end),
            PyFloat_FromDouble(span->weight), Py_NewRef(PyList_GET_ITEM(self->names, span->label)),
        };
        PyObject *tuple = make_tuple(self->span, items, 4);
        if (tuple) PyList_SET_ITEM(list, (Py_ssize_t)at, tuple);
        else Py_CLEAR(list);
    }
    PyMem_RawFree(spans.at);
    return list;
}

PyDoc_STRVAR(mark_doc,
"mark(text, /)\n--\n\n"
"Return a whole text as a tuple of pieces: tuples of the type `piece`, (text, whether it matches).");

static PyObject *matcher_mark(Matcher *self, PyObject *text) {
    Spans spans;
    if (find_spans(self, text, &spans) < 0) return NULL;
    PyObject *pieces = make_pieces(self, text, &spans, 0, PyUnicode_GET_LENGTH(text));
    PyMem_RawFree(spans.at);
    return pieces;
}

PyDoc_STRVAR(passages_doc,
"passages(text, /)\n--\n\n"
"Return the best extracts of a text, in its order: (pieces, start, end, focus), the focus being\n"
"where the weightiest match begins. A text without match gives its beginning, an empty one none.");

static PyObject *matcher_passages(Matcher *self, PyObject *text) {
    Spans spans;
    Window windows[MAX_WINDOWS];
    if (find_spans(self, text, &spans) < 0) return NULL;
    int count = 0;
    if (PyUnicode_GET_LENGTH(text))
        count = choose_windows(text, &spans, (size_t)PyList_GET_SIZE(self->names), windows);
    PyObject *list = count < 0 ? NULL : PyList_New(count);
    for (int at = 0; list && at < count; at++) {
        PyObject *pieces = make_pieces(self, text, &spans, windows[at].start, windows[at].end);
        PyObject *passage = pieces ? Py_BuildValue("(Nnnn)", pieces, windows[at].start, windows[at].end,
                                                   windows[at].focus) : NULL;
        if (passage) PyList_SET_ITEM(list, at, passage);
        else Py_CLEAR(list);
    }
    PyMem_RawFree(spans.at);
    return list;
}

PyDoc_STRVAR(forms_doc,
"forms(texts, /)\n--\n\n"
"Count the exact forms that stand for each wanted stem in a tuple of texts: {stem: {form: times}},\n"
"both in the order in which they are met.");

/* --- the type -------------------------------------------------------------------------------- */

static PyObject *matcher_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    Matcher *self = (Matcher *)type->tp_alloc(type, 0);
    if (self && matcher_take(self, args, kwargs) < 0) Py_CLEAR(self);
    return (PyObject *)self;
}

static int matcher_traverse(Matcher *self, visitproc visit, void *arg) {
    Py_VISIT(self->lexicon);
    Py_VISIT(self->piece);
    Py_VISIT(self->span);
    Py_VISIT(self->label_of);
    Py_VISIT(self->names);
    return 0;
}

static void matcher_dealloc(Matcher *self) {
    PyObject_GC_UnTrack(self);
    Py_CLEAR(self->lexicon);
    Py_CLEAR(self->piece);
    Py_CLEAR(self->span);
    Py_CLEAR(self->label_of);
    Py_CLEAR(self->names);
    PyMem_RawFree(self->exacts.keys);
    PyMem_RawFree(self->exacts.labels);
    PyMem_RawFree(self->stems.keys);
    PyMem_RawFree(self->stems.labels);
    for (Py_ssize_t at = 0; at < self->phrase_count; at++) {
        PyMem_RawFree(self->phrases[at].words);
        PyMem_RawFree(self->phrases[at].labels);
        PyMem_RawFree(self->phrases[at].distinct);
    }
    PyMem_RawFree(self->phrases);
    Py_TYPE(self)->tp_free(self);
}

PyDoc_STRVAR(matcher_doc,
"Matcher(lexicon, stems, exacts, phrases, slops, *, chains=(), width=1, piece=tuple, span=tuple)\n--\n\n"
"What a query marks: derived forms, exact forms, phrases (tuples of exact forms) with a slop each,\n"
"0 for words side by side, and chains (tuples of derived forms, each at most `width` words after\n"
"the one before); all in tuples. Raises TypeError and ValueError.");

static PyMethodDef matcher_methods[] = {
    {"spans", (PyCFunction)matcher_spans, METH_O, spans_doc},
    {"mark", (PyCFunction)matcher_mark, METH_O, mark_doc},
    {"passages", (PyCFunction)matcher_passages, METH_O, passages_doc},
    {"forms", (PyCFunction)matcher_forms, METH_O, forms_doc},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject MatcherType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "indexer.native._kernel.Matcher",
    .tp_basicsize = sizeof(Matcher),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = matcher_doc,
    .tp_new = matcher_new,
    .tp_dealloc = (destructor)matcher_dealloc,
    .tp_traverse = (traverseproc)matcher_traverse,
    .tp_methods = matcher_methods,
};

int register_passages(PyObject *module) {
    if (PyType_Ready(&MatcherType) < 0 || register_holdings(module) < 0 || register_feedback(module) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "Matcher", (PyObject *)&MatcherType);
}
