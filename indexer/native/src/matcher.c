/* What a Matcher is made of: words and stems with their labels, phrases and chains. */
#include "passages.h"
#include "tuples.h"

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

int matcher_take(Matcher *self, PyObject *args, PyObject *kwargs) {
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
