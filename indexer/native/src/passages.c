/* The type Matcher: what a query marks, and the marks and extracts of texts made with it. */
#include "passages.h"
#include "tuples.h"

static PyTypeObject MatcherType;

/* --- building -------------------------------------------------------------------------------- */

static int label_start(LabelMap *map, Py_ssize_t count) {
    uint32_t places = 8;
    while (places < (uint64_t)count * 2 && places < 1u << 30) places *= 2;
    map->keys = PyMem_RawMalloc(places * sizeof *map->keys);
    map->labels = PyMem_RawMalloc(places * sizeof *map->labels);
    map->mask = places - 1;
    if (!map->keys || !map->labels || (uint64_t)count * 2 > places) {
        PyErr_NoMemory();
        return -1;
    }
    memset(map->keys, 0xff, places * sizeof *map->keys);
    return 0;
}

static void label_add(LabelMap *map, uint32_t key, uint32_t label) {
    uint32_t *place = label_place(map, key);
    map->count += *place != key;
    map->some |= (uint64_t)1 << (key & 63);
    *place = key;
    map->labels[place - map->keys] = label;
}

int matcher_label(Matcher *self, PyObject *name, uint32_t *label) {
    PyObject *known = PyDict_GetItemWithError(self->label_of, name);
    if (known) {
        *label = (uint32_t)PyLong_AsUnsignedLong(known);
        return 0;
    }
    if (PyErr_Occurred()) return -1;
    Py_ssize_t next = PyList_GET_SIZE(self->names);
    PyObject *number = PyLong_FromSsize_t(next);
    int failed = number ? PyList_Append(self->names, name) : -1;
    if (!failed) failed = PyDict_SetItem(self->label_of, name, number);
    Py_XDECREF(number);
    *label = (uint32_t)next;
    return failed;
}

static int take_exacts(Matcher *self, PyObject *exacts) {
    if (label_start(&self->exacts, PyTuple_GET_SIZE(exacts)) < 0) return -1;
    for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(exacts); at++) {
        uint32_t id;
        if (lexicon_intern(self->lexicon, PyTuple_GET_ITEM(exacts, at), &id) < 0) return -1;
        label_add(&self->exacts, id, NO_LABEL);
    }
    return 0;
}

static int take_stems(Matcher *self, PyObject *stems) {
    if (label_start(&self->stems, PyTuple_GET_SIZE(stems)) < 0) return -1;
    for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(stems); at++) {
        uint32_t id, label;
        PyObject *stem = PyTuple_GET_ITEM(stems, at);
        if (lexicon_derived_intern(self->lexicon, stem, &id) < 0 || matcher_label(self, stem, &label) < 0)
            return -1;
        label_add(&self->stems, id, label);
    }
    return 0;
}

static int take_words(Matcher *self, PyObject *words, Phrase *phrase) {
    int (*intern)(PyObject *, PyObject *, uint32_t *) =
        phrase->width ? lexicon_derived_intern : lexicon_intern;
    for (uint32_t at = 0; at < phrase->count; at++) {
        PyObject *word = PyTuple_GET_ITEM(words, at);
        uint32_t before = 0;
        if (intern(self->lexicon, word, &phrase->words[at]) < 0 ||
            matcher_label(self, word, &phrase->labels[at]) < 0)
            return -1;
        while (phrase->words[before] != phrase->words[at]) before++;
        phrase->distinct[at] = before < at ? phrase->distinct[before] : phrase->different++;
    }
    PyObject *space = PyUnicode_FromString(" ");
    PyObject *name = space ? PyUnicode_Join(space, words) : NULL;
    int failed = name ? matcher_label(self, name, &phrase->label) : -1;
    Py_XDECREF(space);
    Py_XDECREF(name);
    return failed;
}

static int take_slop(PyObject *slop, Phrase *phrase) {
    phrase->slop = PyLong_AsSsize_t(slop);
    if (phrase->slop == -1 && PyErr_Occurred()) return -1;
    if (phrase->slop < 0 || phrase->slop > 1 << 30) {
        PyErr_SetString(PyExc_ValueError, "a slop must be 0 to 2**30");
        return -1;
    }
    return 0;
}

static int take_phrase(Matcher *self, PyObject *words, Phrase *phrase) {
    if (!PyTuple_Check(words) || !PyTuple_GET_SIZE(words) || PyTuple_GET_SIZE(words) > 1 << 24) {
        PyErr_SetString(PyExc_ValueError, "a phrase must be a tuple of at least one word");
        return -1;
    }
    phrase->count = (uint32_t)PyTuple_GET_SIZE(words);
    phrase->words = PyMem_RawCalloc(phrase->count, sizeof *phrase->words);
    phrase->labels = PyMem_RawCalloc(phrase->count, sizeof *phrase->labels);
    phrase->distinct = PyMem_RawCalloc(phrase->count, sizeof *phrase->distinct);
    if (!phrase->words || !phrase->labels || !phrase->distinct) {
        PyErr_NoMemory();
        return -1;
    }
    return take_words(self, words, phrase);
}

/* Phrases first, each with its slop, then chains. */
static int take_phrases(Matcher *self, PyObject *phrases, PyObject *slops, PyObject *chains, int width) {
    Py_ssize_t count = PyTuple_GET_SIZE(phrases), all = count + PyTuple_GET_SIZE(chains);
    if (count != PyTuple_GET_SIZE(slops)) {
        PyErr_SetString(PyExc_ValueError, "each phrase must have its slop");
        return -1;
    }
    if (width < 1) {
        PyErr_SetString(PyExc_ValueError, "a width must be at least 1");
        return -1;
    }
    self->phrases = PyMem_RawCalloc((size_t)all + 1, sizeof *self->phrases);
    if (!self->phrases) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t at = 0; at < all; at++) {
        Phrase *phrase = &self->phrases[self->phrase_count++]; /* what it holds is freed, come what may */
        int is_chain = at >= count;
        if (is_chain) phrase->width = (uint32_t)width;
        else if (take_slop(PyTuple_GET_ITEM(slops, at), phrase) < 0) return -1;
        PyObject *words = is_chain ? PyTuple_GET_ITEM(chains, at - count) : PyTuple_GET_ITEM(phrases, at);
        if (take_phrase(self, words, phrase) < 0) return -1;
    }
    return 0;
}

static int take_arguments(Matcher *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"lexicon", "stems", "exacts", "phrases", "slops", "chains", "width",
                            "piece", "span", NULL};
    PyObject *lexicon, *stems, *exacts, *phrases, *slops, *chains = NULL;
    PyObject *piece = (PyObject *)&PyTuple_Type, *span = piece;
    int width = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO!O!O!O!|$O!iOO:Matcher", names, &lexicon,
                                     &PyTuple_Type, &stems, &PyTuple_Type, &exacts, &PyTuple_Type,
                                     &phrases, &PyTuple_Type, &slops, &PyTuple_Type, &chains, &width,
                                     &piece, &span))
        return -1;
    if (!lexicon_check(lexicon) || !is_plain_tuple(piece) || !is_plain_tuple(span)) {
        PyErr_SetString(PyExc_TypeError, "Matcher takes a Lexicon, and types of plain tuples");
        return -1;
    }
    self->lexicon = Py_NewRef(lexicon);
    self->piece = Py_NewRef(piece);
    self->span = Py_NewRef(span);
    if (!(self->label_of = PyDict_New()) || !(self->names = PyList_New(0))) return -1;
    if (take_exacts(self, exacts) < 0 || take_stems(self, stems) < 0) return -1;
    PyObject *given = chains ? Py_NewRef(chains) : PyTuple_New(0);
    int failed = given ? take_phrases(self, phrases, slops, given, width) : -1;
    Py_XDECREF(given);
    return failed;
}

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
    if (self && take_arguments(self, args, kwargs) < 0) Py_CLEAR(self);
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
