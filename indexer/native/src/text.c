/* The type Lexicon: words of texts, interned. */
#include "cut_texts.h"
#include "lexicon.h"
#include "tuples.h"

static PyTypeObject LexiconType;

int lexicon_check(PyObject *object) {
    return PyObject_TypeCheck(object, &LexiconType);
}

static PyObject *derived_str(Lexicon *self, uint32_t word) {
    uint32_t derived;
    if (lexicon_derived((PyObject *)self, word, &derived) < 0) return NULL;
    return derived == NO_WORD ? Py_NewRef(Py_None) : lexicon_str_of(&self->derived, derived);
}

static PyObject *token_tuple(Lexicon *self, const LexToken *token) {
    PyObject *exact = lexicon_str_of(&self->words, token->word);
    PyObject *derived = exact ? derived_str(self, token->word) : NULL;
    PyObject *items[6] = {
        exact,
        derived,
        PyLong_FromUnsignedLong(token->position),
        PyLong_FromUnsignedLong(token->start),
        PyLong_FromUnsignedLong(token->end),
        PyBool_FromLong((long)token->compound),
    };
    return make_tuple(self->token, items, 6);
}

PyDoc_STRVAR(tokens_doc,
"tokens(text, /)\n--\n\n"
"Return the words of a text, in order, a compound before its parts.\n\n"
"Each is a tuple of the type `token`: (exact, derived or None, position, start, end, compound).\n"
"Raises TypeError, OverflowError for 2**32 - 1 characters and more, and what the callables raise.");

static PyObject *lexicon_tokens_method(Lexicon *self, PyObject *text) {
    Found found;
    if (lexicon_cut_into(self, text, &found) < 0) return NULL;
    PyObject *list = PyList_New((Py_ssize_t)found.count);
    for (size_t at = 0; list && at < found.count; at++) {
        PyObject *tuple = token_tuple(self, &found.tokens[at]);
        if (tuple) PyList_SET_ITEM(list, (Py_ssize_t)at, tuple);
        else Py_CLEAR(list);
    }
    lexicon_keep_buffer(self, &found);
    return list;
}

PyDoc_STRVAR(cut_doc,
"cut(texts, /)\n--\n\n"
"Return the words of texts (a tuple of str, or None for none) as an Inverter takes them.\n\n"
"Lets go of the GIL, so that other threads may use the Lexicon meanwhile.\n"
"Raises TypeError, and OverflowError for 2**32 - 1 characters and more.");

static PyObject *lexicon_cut_method(Lexicon *self, PyObject *texts) {
    if (PyTuple_Check(texts)) return cut_texts((PyObject *)self, texts);
    return PyErr_Format(PyExc_TypeError, "a tuple of texts is needed");
}

static PyObject *lexicon_surfaces(Lexicon *self, void *closure) {
    (void)closure;
    return PyLong_FromSsize_t(surfaces_count(&self->surfaces) + PyDict_GET_SIZE(self->odd));
}

static Py_ssize_t lexicon_length(Lexicon *self) {
    return self->words.count;
}

/* Takes the constructor's arguments into the fields: 0 or -1. */
static int take_arguments(Lexicon *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"elisions", "whole_words", "expand", "derive", "token", "surfaces", NULL};
    PyObject *elisions, *whole_words, *expand, *derive, *token = (PyObject *)&PyTuple_Type;
    self->max_surfaces = 1000000;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!O!OO|$On:Lexicon", names, &PyFrozenSet_Type,
                                     &elisions, &PyFrozenSet_Type, &whole_words, &expand, &derive, &token,
                                     &self->max_surfaces))
        return -1;
    if (!PyCallable_Check(expand) || !PyCallable_Check(derive) || !is_plain_tuple(token)) {
        PyErr_SetString(PyExc_TypeError,
                        "expand and derive must be callable, token a type of plain tuples");
        return -1;
    }
    if (self->max_surfaces < 1 || self->max_surfaces > 1 << 26) {
        PyErr_SetString(PyExc_ValueError, "surfaces must be 1 to 2**26");
        return -1;
    }
    self->elisions = Py_NewRef(elisions);
    self->whole_words = Py_NewRef(whole_words);
    self->expand = Py_NewRef(expand);
    self->derive = Py_NewRef(derive);
    self->token = Py_NewRef(token);
    return 0;
}

static int start_tables(Lexicon *self) {
    if (!(self->lock = PyThread_allocate_lock())) return PyErr_NoMemory(), -1;
    PyObject *unicodedata = PyImport_ImportModule("unicodedata");
    if (!unicodedata) return -1;
    self->normalise = PyObject_GetAttrString(unicodedata, "normalize");
    self->is_normalised = PyObject_GetAttrString(unicodedata, "is_normalized");
    Py_DECREF(unicodedata);
    self->odd = PyDict_New();
    PyObject *word = PyUnicode_FromString("a word whose hash differs in every process");
    Py_hash_t seed = word ? PyObject_Hash(word) : -1;
    Py_XDECREF(word);
    if (!word || !self->normalise || !self->is_normalised || !self->odd) return -1;
    if (words_start(&self->words, (uint64_t)seed) < 0 || words_start(&self->derived, (uint64_t)seed) < 0)
        return -1;
    return surfaces_start(&self->surfaces, (uint64_t)seed);
}

static PyObject *lexicon_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    Lexicon *self = (Lexicon *)type->tp_alloc(type, 0);
    if (self && (take_arguments(self, args, kwargs) < 0 || start_tables(self) < 0)) Py_CLEAR(self);
    return (PyObject *)self;
}

static int lexicon_traverse(Lexicon *self, visitproc visit, void *arg) {
    Py_VISIT(self->elisions);
    Py_VISIT(self->whole_words);
    Py_VISIT(self->expand);
    Py_VISIT(self->derive);
    Py_VISIT(self->token);
    Py_VISIT(self->normalise);
    Py_VISIT(self->is_normalised);
    Py_VISIT(self->odd);
    return 0;
}

static void lexicon_dealloc(Lexicon *self) {
    PyObject_GC_UnTrack(self);
    Py_CLEAR(self->elisions);
    Py_CLEAR(self->whole_words);
    Py_CLEAR(self->expand);
    Py_CLEAR(self->derive);
    Py_CLEAR(self->token);
    Py_CLEAR(self->normalise);
    Py_CLEAR(self->is_normalised);
    Py_CLEAR(self->odd);
    for (size_t at = 0; at < REMEMBERED; at++) {
        Py_CLEAR(self->remembered[at].text);
        Py_CLEAR(self->remembered[at].tokens);
    }
    words_free(&self->words);
    words_free(&self->derived);
    surfaces_free(&self->surfaces);
    if (self->lock) PyThread_free_lock(self->lock);
    PyMem_RawFree(self->parts);
    PyMem_RawFree(self->buffer);
    PyMem_RawFree(self->scratch);
    Py_TYPE(self)->tp_free(self);
}

PyDoc_STRVAR(lexicon_doc,
"Lexicon(elisions, whole_words, expand, derive, *, token=tuple, surfaces=1000000)\n--\n\n"
"Words of texts, each distinct one with a small id that stays valid.\n\n"
"A surface (what the word pattern matches) is looked up in a cache of at most `surfaces`; plain ones\n"
"are read natively with the two sets of lower-case words, all others are given once to\n"
"`expand(surface)`, which returns (exact, position offset, start, end, compound) tuples.\n"
"`derive(exact)` gives a second form of a word or None, and is called once a word.");

static PyMethodDef lexicon_methods[] = {
    {"cut", (PyCFunction)lexicon_cut_method, METH_O, cut_doc},
    {"tokens", (PyCFunction)lexicon_tokens_method, METH_O, tokens_doc},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef lexicon_getset[] = {
    {"surfaces", (getter)lexicon_surfaces, NULL, "How many surfaces are kept now.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PySequenceMethods lexicon_as_sequence = {.sq_length = (lenfunc)lexicon_length};

static PyTypeObject LexiconType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "indexer.native._kernel.Lexicon",
    .tp_basicsize = sizeof(Lexicon),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = lexicon_doc,
    .tp_new = lexicon_new,
    .tp_dealloc = (destructor)lexicon_dealloc,
    .tp_traverse = (traverseproc)lexicon_traverse,
    .tp_methods = lexicon_methods,
    .tp_getset = lexicon_getset,
    .tp_as_sequence = &lexicon_as_sequence,
};

int register_text(PyObject *module) {
    if (scan_start() < 0 || PyType_Ready(&LexiconType) < 0 || register_cut_texts(module) < 0) return -1;
    return PyModule_AddObjectRef(module, "Lexicon", (PyObject *)&LexiconType);
}
