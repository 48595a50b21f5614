/* Texts cut into words, by one thread at a time. Where a text is cut stands in scan.h, what a surface
 * stands for in expand.c, texts that must be normalised first in normal.c. */
#include "lexicon.h"

/* A longer text is not remembered: it would take more memory than it saves time. */
#define MAX_REMEMBERED 4096
/* Tokens that are reserved before a text is cut, at most. */
#define MAX_FIRST 65536

ALWAYS_INLINE int cut(Lexicon *self, int kind, const void *data, Py_ssize_t length, Marks *marks, Found *found) {
    Surface surfaces[AT_ONCE];
    uint64_t hashes[AT_ONCE] = {0};
    int count;
    for (size_t at = 0; (count = read_surfaces(&self->surfaces, kind, data, length, marks, &at, surfaces, hashes));)
        for (int i = 0; i < count; i++)
            if (lexicon_append(self, kind, data, surfaces + i, hashes[i], found) < 0) return -1;
    return 0;
}

static int cut_1(Lexicon *self, const void *data, Py_ssize_t length, Marks *marks, Found *found) {
    return cut(self, PyUnicode_1BYTE_KIND, data, length, marks, found);
}

static int cut_2(Lexicon *self, const void *data, Py_ssize_t length, Marks *marks, Found *found) {
    return cut(self, PyUnicode_2BYTE_KIND, data, length, marks, found);
}

static int cut_4(Lexicon *self, const void *data, Py_ssize_t length, Marks *marks, Found *found) {
    return cut(self, PyUnicode_4BYTE_KIND, data, length, marks, found);
}

/* Marks what a text becomes, and cuts that. */
static int cut_unclean(Lexicon *self, PyObject *text, Marks *marks, Found *found) {
    CleanText clean;
    if (clean_text(self, text, &clean) < 0) return -1;
    Py_ssize_t length = (Py_ssize_t)clean.count;
    int failed = marks_fill(marks, PyUnicode_4BYTE_KIND, clean.characters, length);
    if (failed) PyErr_NoMemory();
    else failed = cut_4(self, clean.characters, length, marks, found);
    for (size_t at = 0; !failed && at < found->count; at++) {
        LexToken *token = &found->tokens[at];
        token->start = clean.starts[token->start];
        token->end = clean.ends[token->end - 1];
    }
    clean_text_free(&clean);
    return failed;
}

static int cut_marked(Lexicon *self, PyObject *text, Marks *marks, Found *found) {
    int unclean = marks->plain ? 0 : text_is_unclean(self, text);
    if (unclean) return unclean < 0 ? -1 : cut_unclean(self, text, marks, found);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    switch (PyUnicode_KIND(text)) {
    case PyUnicode_1BYTE_KIND: return cut_1(self, data, length, marks, found);
    case PyUnicode_2BYTE_KIND: return cut_2(self, data, length, marks, found);
    default: return cut_4(self, data, length, marks, found);
    }
}

int lexicon_takes(PyObject *text) {
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "a text must be a str, not %.100s", Py_TYPE(text)->tp_name);
        return 0;
    }
    if ((uint64_t)PyUnicode_GET_LENGTH(text) < UINT32_MAX) return 1;
    PyErr_SetString(PyExc_OverflowError, "a text must have fewer than 2**32 - 1 characters");
    return 0;
}

static int cut_text(Lexicon *self, PyObject *text, Found *found) {
    if (!lexicon_takes(text)) return -1;
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (found_reserve(found, (size_t)length / 8 < MAX_FIRST ? (size_t)length / 8 : MAX_FIRST) < 0) return -1;
    Marks marks = {0};
    int failed = marks_fill(&marks, PyUnicode_KIND(text), PyUnicode_DATA(text), length);
    if (failed) PyErr_NoMemory();
    else failed = cut_marked(self, text, &marks, found);
    marks_free(&marks);
    return failed;
}

/* The buffer is taken away while the text is cut: `expand` may run other threads, which may cut
 * texts with the same Lexicon. */
int lexicon_cut_into(Lexicon *self, PyObject *text, Found *found) {
    *found = (Found){self->buffer, 0, self->buffer_room, 0};
    self->buffer = NULL;
    self->buffer_room = 0;
    if (cut_text(self, text, found) == 0) return 0;
    PyMem_RawFree(found->tokens);
    return -1;
}

/* Gives the buffer back once its tokens are known, for the next text. */
void lexicon_keep_buffer(Lexicon *self, Found *found) {
    PyMem_RawFree(self->buffer);
    self->buffer = found->tokens;
    self->buffer_room = found->room;
}

ALWAYS_INLINE int cut_one(Lexicon *self, int kind, const void *data, Py_ssize_t length, Py_ssize_t start,
                          Found *found) {
    Surface surface;
    scan_surface(kind, data, length, start, &surface);
    uint64_t hash = is_short(&surface) ? short_hash(surface.key.units, self->surfaces.seed) : 0;
    return lexicon_append(self, kind, data, &surface, hash, found);
}

int lexicon_cut_surface(Lexicon *self, PyObject *text, Py_ssize_t start, Found *found) {
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    switch (PyUnicode_KIND(text)) {
    case PyUnicode_1BYTE_KIND: return cut_one(self, PyUnicode_1BYTE_KIND, data, length, start, found);
    case PyUnicode_2BYTE_KIND: return cut_one(self, PyUnicode_2BYTE_KIND, data, length, start, found);
    default: return cut_one(self, PyUnicode_4BYTE_KIND, data, length, start, found);
    }
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
    if (lexicon_cut_into(self, text, &found) < 0) return NULL;
    PyObject *tokens = derive_all(self, &found);
    if (tokens && found.count <= MAX_REMEMBERED) {
        Remembered old = *place;
        *place = (Remembered){Py_NewRef(text), Py_NewRef(tokens)};
        Py_XDECREF(old.text);
        Py_XDECREF(old.tokens);
    }
    lexicon_keep_buffer(self, &found);
    return tokens;
}
