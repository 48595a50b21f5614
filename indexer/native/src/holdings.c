/* What words some texts hold: which of those wanted are missing, and in which forms they stand. */
#include "passages.h"

/* A word that is looked for, as an exact and as a derived form. */
typedef struct {
    uint32_t exact, derived;
    int held;
} Wanted;

/* The tokens of each text: a list of bytes. */
static PyObject *tokens_of(PyObject *lexicon, PyObject *texts) {
    PyObject *list = PyList_New(0);
    for (Py_ssize_t at = 0; list && at < PyTuple_GET_SIZE(texts); at++) {
        PyObject *tokens = lexicon_read(lexicon, PyTuple_GET_ITEM(texts, at));
        if (!tokens || PyList_Append(list, tokens) < 0) Py_CLEAR(list);
        Py_XDECREF(tokens);
    }
    return list;
}

static void look(PyObject *bytes, Wanted *wanted) {
    size_t length;
    const ReadToken *tokens = read_tokens(bytes, &length);
    for (size_t at = 0; at < length && !wanted->held; at++)
        wanted->held = wanted->exact == tokens[at].word ||
                       (wanted->derived == tokens[at].derived && wanted->derived != NO_WORD);
}

static int look_for(PyObject *lexicon, PyObject *lists, PyObject *words, Wanted *wanted) {
    for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(words); at++) {
        PyObject *word = PyTuple_GET_ITEM(words, at);
        if (lexicon_find(lexicon, word, &wanted[at].exact) < 0 ||
            lexicon_derived_find(lexicon, word, &wanted[at].derived) < 0)
            return -1;
        for (Py_ssize_t list = 0; list < PyList_GET_SIZE(lists); list++)
            look(PyList_GET_ITEM(lists, list), &wanted[at]);
    }
    return 0;
}

static PyObject *flags(const Wanted *wanted, Py_ssize_t count) {
    PyObject *held = PyList_New(count);
    for (Py_ssize_t at = 0; held && at < count; at++)
        PyList_SET_ITEM(held, at, PyBool_FromLong(wanted[at].held));
    return held;
}

PyDoc_STRVAR(holds_doc,
"holds(lexicon, texts, words, /)\n--\n\n"
"Return for each word of a tuple whether one of a tuple of texts holds it, as exact or derived form.");

static PyObject *holds(PyObject *module, PyObject *args) {
    PyObject *lexicon, *texts, *words, *held = NULL;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO!O!:holds", &lexicon, &PyTuple_Type, &texts, &PyTuple_Type, &words))
        return NULL;
    if (!lexicon_check(lexicon)) return PyErr_Format(PyExc_TypeError, "holds takes a Lexicon");
    PyObject *lists = tokens_of(lexicon, texts);
    if (!lists) return NULL;
    Wanted *wanted = PyMem_RawCalloc((size_t)PyTuple_GET_SIZE(words) + 1, sizeof *wanted);
    if (!wanted) PyErr_NoMemory();
    else if (look_for(lexicon, lists, words, wanted) == 0) held = flags(wanted, PyTuple_GET_SIZE(words));
    PyMem_RawFree(wanted);
    Py_DECREF(lists);
    return held;
}

/* Adds one to counts[stem][form], making what is not there yet. */
static int count_form(PyObject *lexicon, PyObject *counts, PyObject *stem, uint32_t word) {
    PyObject *forms = PyDict_GetItemWithError(counts, stem);
    if (!forms) {
        if (PyErr_Occurred() || !(forms = PyDict_New())) return -1;
        int failed = PyDict_SetItem(counts, stem, forms);
        Py_DECREF(forms);
        if (failed) return -1;
    }
    PyObject *form = lexicon_word_str(lexicon, word);
    PyObject *known = form ? PyDict_GetItemWithError(forms, form) : NULL;
    PyObject *number = NULL;
    if (form && !PyErr_Occurred()) number = PyLong_FromSsize_t((known ? PyLong_AsSsize_t(known) : 0) + 1);
    int failed = number ? PyDict_SetItem(forms, form, number) : -1;
    Py_XDECREF(form);
    Py_XDECREF(number);
    return failed;
}

static int count_forms(Matcher *self, PyObject *bytes, PyObject *counts) {
    size_t length;
    const ReadToken *tokens = read_tokens(bytes, &length);
    for (size_t at = 0; at < length; at++) {
        const uint32_t *label = label_find(&self->stems, tokens[at].derived);
        if (!label) continue;
        if (count_form(self->lexicon, counts, PyList_GET_ITEM(self->names, *label), tokens[at].word) < 0)
            return -1;
    }
    return 0;
}

PyObject *matcher_forms(Matcher *self, PyObject *texts) {
    if (!PyTuple_Check(texts)) return PyErr_Format(PyExc_TypeError, "forms takes a tuple of texts");
    PyObject *lists = tokens_of(self->lexicon, texts);
    PyObject *counts = lists ? PyDict_New() : NULL;
    for (Py_ssize_t at = 0; counts && self->stems.count && at < PyList_GET_SIZE(lists); at++)
        if (count_forms(self, PyList_GET_ITEM(lists, at), counts) < 0) Py_CLEAR(counts);
    Py_XDECREF(lists);
    return counts;
}

static PyMethodDef functions[] = {
    {"holds", holds, METH_VARARGS, holds_doc},
    {NULL, NULL, 0, NULL},
};

int register_holdings(PyObject *module) {
    return PyModule_AddFunctions(module, functions);
}
