/* The type Lexicon: words of texts, interned. Where a text is cut stands in scan.h, what a surface
 * stands for in expand.c, texts that must be normalised first in normal.c. */
#include "lexicon.h"
#include "tuples.h"

/* A longer text is not remembered: it would take more memory than it saves time. */
#define MAX_REMEMBERED 4096
/* Tokens that are reserved before a text is cut, at most. */
#define MAX_FIRST 65536
/* Of a word's entry, `note` is its derived form or NO_WORD, once `more` says that it was asked. */

static PyTypeObject LexiconType;

/* --- cutting --------------------------------------------------------------------------------- */

/* Surfaces are read some at a time, and looked up when all of their places in the table are on their
 * way from memory. */
#define AT_ONCE 16

ALWAYS_INLINE int cut(Lexicon *self, int kind, const void *data, Py_ssize_t length, Found *found) {
    Surface surfaces[AT_ONCE];
    uint64_t hashes[AT_ONCE] = {0};
    for (Py_ssize_t at = 0;;) {
        int count = 0;
        for (; count < AT_ONCE; count++) {
            Surface *surface = surfaces + count;
            while (at < length && !(CLASS(at) & BASE)) at++;
            if (at >= length) break;
            scan_surface(kind, data, length, at, surface);
            at = surface->end;
            if (!is_short(surface)) continue;
            hashes[count] = short_hash(surface->key.units, self->surfaces.seed);
            surfaces_prefetch(&self->surfaces, hashes[count]);
        }
        if (!count) return 0;
        for (int i = 0; i < count; i++)
            if (lexicon_append(self, kind, data, surfaces + i, hashes[i], found) < 0) return -1;
    }
}

static int cut_1(Lexicon *self, const void *data, Py_ssize_t length, Found *found) {
    return cut(self, PyUnicode_1BYTE_KIND, data, length, found);
}

static int cut_2(Lexicon *self, const void *data, Py_ssize_t length, Found *found) {
    return cut(self, PyUnicode_2BYTE_KIND, data, length, found);
}

static int cut_4(Lexicon *self, const void *data, Py_ssize_t length, Found *found) {
    return cut(self, PyUnicode_4BYTE_KIND, data, length, found);
}

static int cut_unclean(Lexicon *self, PyObject *text, Found *found) {
    CleanText clean;
    if (clean_text(self, text, &clean) < 0) return -1;
    int failed = cut_4(self, clean.characters, (Py_ssize_t)clean.count, found);
    for (size_t at = 0; !failed && at < found->count; at++) {
        LexToken *token = &found->tokens[at];
        token->start = clean.starts[token->start];
        token->end = clean.ends[token->end - 1];
    }
    clean_text_free(&clean);
    return failed;
}

static int cut_text(Lexicon *self, PyObject *text, Found *found) {
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "a text must be a str, not %.100s", Py_TYPE(text)->tp_name);
        return -1;
    }
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if ((uint64_t)length >= UINT32_MAX) {
        PyErr_SetString(PyExc_OverflowError, "a text must have fewer than 2**32 - 1 characters");
        return -1;
    }
    if (found_reserve(found, (size_t)length / 8 < MAX_FIRST ? (size_t)length / 8 : MAX_FIRST) < 0) return -1;
    int unclean = text_is_unclean(self, text);
    if (unclean) return unclean < 0 ? -1 : cut_unclean(self, text, found);
    const void *data = PyUnicode_DATA(text);
    switch (PyUnicode_KIND(text)) {
    case PyUnicode_1BYTE_KIND: return cut_1(self, data, length, found);
    case PyUnicode_2BYTE_KIND: return cut_2(self, data, length, found);
    default: return cut_4(self, data, length, found);
    }
}

/* The buffer is taken away while the text is cut: `expand` may run other threads, which may cut
 * texts with the same Lexicon. */
static int cut_into(Lexicon *self, PyObject *text, Found *found) {
    *found = (Found){self->buffer, 0, self->buffer_room, 0};
    self->buffer = NULL;
    self->buffer_room = 0;
    if (cut_text(self, text, found) == 0) return 0;
    PyMem_RawFree(found->tokens);
    return -1;
}

/* Gives the buffer back once its tokens are known, for the next text. */
static void keep_buffer(Lexicon *self, Found *found) {
    PyMem_RawFree(self->buffer);
    self->buffer = found->tokens;
    self->buffer_room = found->room;
}

int lexicon_tokenise(PyObject *lexicon, PyObject *text, LexToken **tokens, Py_ssize_t *count) {
    Lexicon *self = (Lexicon *)lexicon;
    Found found;
    if (cut_into(self, text, &found) < 0) return -1;
    keep_buffer(self, &found);
    *tokens = found.tokens;
    *count = (Py_ssize_t)found.count;
    return 0;
}

static Remembered *place_of(Lexicon *self, PyObject *text) {
    uintptr_t address = (uintptr_t)text;
    return &self->remembered[(address >> 4 ^ address >> 13) & (REMEMBERED - 1)];
}

/* The tokens with their derived forms, as bytes. */
static PyObject *derive_all(Lexicon *self, const Found *found) {
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(found->count * sizeof(ReadToken)));
    ReadToken *out = bytes ? (ReadToken *)(void *)PyBytes_AS_STRING(bytes) : NULL;
    for (size_t at = 0; bytes && at < found->count; at++) {
        const LexToken *token = &found->tokens[at];
        out[at] = (ReadToken){token->word, NO_WORD, token->start, token->end, token->compound};
        const WordEntry *entry = &self->words.entries[token->word];
        if (entry->more) out[at].derived = entry->note;
        else if (lexicon_derived((PyObject *)self, token->word, &out[at].derived) < 0) Py_CLEAR(bytes);
    }
    return bytes;
}

PyObject *lexicon_read(PyObject *lexicon, PyObject *text) {
    Lexicon *self = (Lexicon *)lexicon;
    Remembered *place = place_of(self, text);
    if (place->text == text) return Py_NewRef(place->tokens);
    Found found;
    if (cut_into(self, text, &found) < 0) return NULL;
    PyObject *tokens = derive_all(self, &found);
    if (tokens && found.count <= MAX_REMEMBERED) {
        Remembered old = *place;
        *place = (Remembered){Py_NewRef(text), Py_NewRef(tokens)};
        Py_XDECREF(old.text);
        Py_XDECREF(old.tokens);
    }
    keep_buffer(self, &found);
    return tokens;
}

/* --- words ----------------------------------------------------------------------------------- */

/* Writes a str in UTF-8, lone surrogates as three bytes, to the scratch: its length, or -1. */
static Py_ssize_t encode(Lexicon *self, PyObject *word) {
    size_t count = (size_t)PyUnicode_GET_LENGTH(word);
    if (count * 4 + 1 > self->scratch_room) {
        char *scratch = PyMem_RawRealloc(self->scratch, count * 4 + 256);
        if (!scratch) {
            PyErr_NoMemory();
            return -1;
        }
        self->scratch = scratch;
        self->scratch_room = count * 4 + 256;
    }
    char *out = self->scratch;
    for (size_t at = 0; at < count; at++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(word, (Py_ssize_t)at);
        if (c < 0x80) {
            *out++ = (char)c;
            continue;
        }
        if (c < 0x800) {
            *out++ = (char)(0xc0 | c >> 6);
        } else {
            if (c < 0x10000) {
                *out++ = (char)(0xe0 | c >> 12);
            } else {
                *out++ = (char)(0xf0 | c >> 18);
                *out++ = (char)(0x80 | (c >> 12 & 0x3f));
            }
            *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        }
        *out++ = (char)(0x80 | (c & 0x3f));
    }
    return out - self->scratch;
}

static int intern(Lexicon *self, Words *words, PyObject *word, uint32_t *id) {
    if (!PyUnicode_Check(word)) {
        PyErr_Format(PyExc_TypeError, "a word must be a str, not %.100s", Py_TYPE(word)->tp_name);
        return -1;
    }
    Py_ssize_t length = encode(self, word);
    if (length < 0) return -1;
    *id = words_intern(words, self->scratch, (size_t)length);
    return *id == NO_WORD ? -1 : 0;
}

static int find(Lexicon *self, const Words *words, PyObject *word, uint32_t *id) {
    if (!PyUnicode_Check(word)) {
        PyErr_Format(PyExc_TypeError, "a word must be a str, not %.100s", Py_TYPE(word)->tp_name);
        return -1;
    }
    Py_ssize_t length = encode(self, word);
    if (length < 0) return -1;
    *id = words_find(words, self->scratch, (size_t)length);
    return 0;
}

static const char *bytes_of(const Words *words, uint32_t id, Py_ssize_t *length) {
    if (id >= words->count) return NULL;
    *length = words->entries[id].length;
    return words_bytes(words, id);
}

static PyObject *str_of(Words *words, uint32_t id) {
    if (id >= words->count) {
        PyErr_SetString(PyExc_IndexError, "no such word");
        return NULL;
    }
    if (!words->entries[id].string) {
        PyObject *made = PyUnicode_DecodeUTF8(words_bytes(words, id), words->entries[id].length, "surrogatepass");
        if (!made || words->entries[id].string) return made;
        words->entries[id].string = made;
    }
    return Py_NewRef(words->entries[id].string);
}

int lexicon_check(PyObject *object) {
    return PyObject_TypeCheck(object, &LexiconType);
}

uint32_t lexicon_size(PyObject *lexicon) {
    return ((Lexicon *)lexicon)->words.count;
}

const char *lexicon_word(PyObject *lexicon, uint32_t id, Py_ssize_t *length) {
    return bytes_of(&((Lexicon *)lexicon)->words, id, length);
}

int lexicon_intern(PyObject *lexicon, PyObject *exact, uint32_t *id) {
    return intern((Lexicon *)lexicon, &((Lexicon *)lexicon)->words, exact, id);
}

int lexicon_find(PyObject *lexicon, PyObject *exact, uint32_t *id) {
    return find((Lexicon *)lexicon, &((Lexicon *)lexicon)->words, exact, id);
}

PyObject *lexicon_word_str(PyObject *lexicon, uint32_t id) {
    return str_of(&((Lexicon *)lexicon)->words, id);
}

uint32_t lexicon_derived_size(PyObject *lexicon) {
    return ((Lexicon *)lexicon)->derived.count;
}

const char *lexicon_derived_word(PyObject *lexicon, uint32_t id, Py_ssize_t *length) {
    return bytes_of(&((Lexicon *)lexicon)->derived, id, length);
}

int lexicon_derived_intern(PyObject *lexicon, PyObject *derived, uint32_t *id) {
    return intern((Lexicon *)lexicon, &((Lexicon *)lexicon)->derived, derived, id);
}

int lexicon_derived_find(PyObject *lexicon, PyObject *derived, uint32_t *id) {
    return find((Lexicon *)lexicon, &((Lexicon *)lexicon)->derived, derived, id);
}

PyObject *lexicon_derived_str(PyObject *lexicon, uint32_t id) {
    return str_of(&((Lexicon *)lexicon)->derived, id);
}

static int ask_derived(Lexicon *self, uint32_t id) {
    PyObject *word = str_of(&self->words, id);
    PyObject *form = word ? PyObject_CallOneArg(self->derive, word) : NULL;
    Py_XDECREF(word);
    if (!form) return -1;
    uint32_t derived = NO_WORD;
    int failed = form == Py_None ? 0 : intern(self, &self->derived, form, &derived);
    Py_DECREF(form);
    if (!failed) {
        self->words.entries[id].note = derived;
        self->words.entries[id].more = 1;
    }
    return failed;
}

int lexicon_derived(PyObject *lexicon, uint32_t id, uint32_t *derived) {
    Lexicon *self = (Lexicon *)lexicon;
    if (id >= self->words.count) {
        PyErr_SetString(PyExc_IndexError, "no such word");
        return -1;
    }
    if (!self->words.entries[id].more && ask_derived(self, id) < 0) return -1;
    *derived = self->words.entries[id].note;
    return 0;
}

/* --- the type -------------------------------------------------------------------------------- */

static PyObject *derived_str(Lexicon *self, uint32_t word) {
    uint32_t derived;
    if (lexicon_derived((PyObject *)self, word, &derived) < 0) return NULL;
    return derived == NO_WORD ? Py_NewRef(Py_None) : str_of(&self->derived, derived);
}

static PyObject *token_tuple(Lexicon *self, const LexToken *token) {
    PyObject *exact = str_of(&self->words, token->word);
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
    if (cut_into(self, text, &found) < 0) return NULL;
    PyObject *list = PyList_New((Py_ssize_t)found.count);
    for (size_t at = 0; list && at < found.count; at++) {
        PyObject *tuple = token_tuple(self, &found.tokens[at]);
        if (tuple) PyList_SET_ITEM(list, (Py_ssize_t)at, tuple);
        else Py_CLEAR(list);
    }
    keep_buffer(self, &found);
    return list;
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
    if (scan_start() < 0 || PyType_Ready(&LexiconType) < 0) return -1;
    return PyModule_AddObjectRef(module, "Lexicon", (PyObject *)&LexiconType);
}
