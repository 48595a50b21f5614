/* Words that some documents hold much of; indexer/search/feedback.py is the reading in Python that
 * this one equals, sum by sum. */
#include "passages.h"

/* A derived form, what it weighs so far, in how many documents it stands, and the latest of them. */
typedef struct {
    uint32_t word, documents, latest;
    double weight;
} Likely;

/* Open-addressed; NO_WORD is an empty place. There are more places than tokens. */
typedef struct {
    Likely *places;
    uint32_t mask;
} LikelyTable;

/* Tokens of some texts: a list of bytes, and how many derived forms stand in them. */
typedef struct {
    PyObject *lists;
    size_t length;
} Document;

static inline int counts(const ReadToken *token) { return token->derived != NO_WORD && !token->compound; }

static int read_document(PyObject *lexicon, PyObject *texts, Document *document) {
    if (!PyTuple_Check(texts)) {
        PyErr_SetString(PyExc_TypeError, "a document is a tuple of texts");
        return -1;
    }
    document->lists = PyList_New(0);
    for (Py_ssize_t at = 0; document->lists && at < PyTuple_GET_SIZE(texts); at++) {
        PyObject *bytes = lexicon_read(lexicon, PyTuple_GET_ITEM(texts, at));
        int failed = bytes ? PyList_Append(document->lists, bytes) : -1;
        Py_XDECREF(bytes);
        if (failed) return -1;
        size_t length;
        const ReadToken *tokens = read_tokens(bytes, &length);
        for (size_t i = 0; i < length; i++) document->length += (size_t)counts(&tokens[i]);
    }
    return document->lists ? 0 : -1;
}

static void add_word(LikelyTable *table, uint32_t word, uint32_t document, double share) {
    uint32_t at = word * 0x9E3779B1u >> 7 & table->mask;
    while (table->places[at].word != word && table->places[at].word != NO_WORD) at = (at + 1) & table->mask;
    Likely *place = &table->places[at];
    place->word = word;
    place->weight += share;
    place->documents += place->latest != document;
    place->latest = document;
}

static void add_document(LikelyTable *table, const Document *document, uint32_t number, double weight) {
    double share = document->length ? weight / (double)document->length : 0;
    for (Py_ssize_t at = 0; at < PyList_GET_SIZE(document->lists); at++) {
        size_t length;
        const ReadToken *tokens = read_tokens(PyList_GET_ITEM(document->lists, at), &length);
        for (size_t i = 0; i < length; i++)
            if (counts(&tokens[i])) add_word(table, tokens[i].derived, number, share);
    }
}

static int open_table(LikelyTable *table, size_t tokens) {
    size_t size = 64;
    while (size < 2 * tokens && size < (size_t)1 << 31) size *= 2;
    table->mask = (uint32_t)(size - 1);
    table->places = tokens < size ? PyMem_RawMalloc(size * sizeof *table->places) : NULL;
    if (!table->places) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t at = 0; at < size; at++) table->places[at] = (Likely){NO_WORD, 0, 0, 0};
    return 0;
}

static PyObject *frequent(PyObject *lexicon, const LikelyTable *table, uint32_t least) {
    PyObject *found = PyDict_New();
    for (size_t at = 0; found && at <= table->mask; at++) {
        const Likely *place = &table->places[at];
        if (place->word == NO_WORD || place->documents < least) continue;
        PyObject *word = lexicon_derived_str(lexicon, place->word);
        PyObject *weight = word ? PyFloat_FromDouble(place->weight) : NULL;
        if (!weight || PyDict_SetItem(found, word, weight) < 0) Py_CLEAR(found);
        Py_XDECREF(word);
        Py_XDECREF(weight);
    }
    return found;
}

/* All documents are read before any is weighed: reading may run Python code. */
static PyObject *weigh(PyObject *lexicon, PyObject *texts, PyObject *weights, uint32_t least,
                       Document *documents) {
    LikelyTable table;
    size_t tokens = 0;
    for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(texts); at++) {
        if (read_document(lexicon, PyTuple_GET_ITEM(texts, at), &documents[at]) < 0) return NULL;
        tokens += documents[at].length;
    }
    if (open_table(&table, tokens) < 0) return NULL;
    for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(texts) && !PyErr_Occurred(); at++)
        add_document(&table, &documents[at], (uint32_t)at + 1, PyFloat_AsDouble(PyTuple_GET_ITEM(weights, at)));
    PyObject *found = PyErr_Occurred() ? NULL : frequent(lexicon, &table, least);
    PyMem_RawFree(table.places);
    return found;
}

PyDoc_STRVAR(likely_doc,
"likely(lexicon, documents, weights, least, /)\n--\n\n"
"Return {derived form: weight} of those that stand in at least some of the documents, which are\n"
"tuples of texts: the sum over the documents of their weight by the form's share of their words.");

static PyObject *likely(PyObject *module, PyObject *args) {
    PyObject *lexicon, *texts, *weights, *found = NULL;
    unsigned int least;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO!O!I:likely", &lexicon, &PyTuple_Type, &texts, &PyTuple_Type, &weights, &least))
        return NULL;
    if (!lexicon_check(lexicon)) return PyErr_Format(PyExc_TypeError, "likely takes a Lexicon");
    Py_ssize_t count = PyTuple_GET_SIZE(texts);
    if (PyTuple_GET_SIZE(weights) != count) return PyErr_Format(PyExc_ValueError, "one weight a document");
    Document *documents = PyMem_RawCalloc((size_t)count + 1, sizeof *documents);
    if (!documents) return PyErr_NoMemory();
    found = weigh(lexicon, texts, weights, least, documents);
    for (Py_ssize_t at = 0; at < count; at++) Py_XDECREF(documents[at].lists);
    PyMem_RawFree(documents);
    return found;
}

static PyMethodDef functions[] = {
    {"likely", likely, METH_VARARGS, likely_doc},
    {NULL, NULL, 0, NULL},
};

int register_feedback(PyObject *module) {
    return PyModule_AddFunctions(module, functions);
}
