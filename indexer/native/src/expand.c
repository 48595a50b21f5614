/* What a surface stands for: looked up where it was seen before, otherwise read here where it is
 * plain, and by the Python callable `expand` where it is anything else. */
#include "lexicon.h"

/* A longer surface is garbage: read each time, never kept. */
#define MAX_ODD 1000
#define KEY_BYTES_LIMIT 40 /* on average, of the arena of surfaces */

int found_reserve(Found *found, size_t more) {
    if (found->count + more <= found->room) return 0;
    size_t room = found->room * 2 + more + 64;
    LexToken *tokens = room < SIZE_MAX / sizeof *tokens
                           ? PyMem_RawRealloc(found->tokens, room * sizeof *tokens) : NULL;
    if (!tokens) {
        PyErr_NoMemory();
        return -1;
    }
    found->tokens = tokens;
    found->room = room;
    return 0;
}

int lexicon_append_parts(const LexToken *parts, size_t count, Py_ssize_t start, Found *found) {
    if (found_reserve(found, count) < 0) return -1;
    uint32_t base = found->position;
    for (size_t at = 0; at < count; at++) {
        LexToken token = parts[at];
        token.position += base;
        token.start += (uint32_t)start;
        token.end += (uint32_t)start;
        found->tokens[found->count++] = token;
        if (!token.compound) found->position++;
    }
    return 0;
}

/* Forgets the surfaces where there are too many; words stay. */
static void bound_surfaces(Lexicon *self) {
    Py_ssize_t count = self->surfaces.count + PyDict_GET_SIZE(self->odd);
    if (count < self->max_surfaces &&
        self->surfaces.used < (size_t)self->max_surfaces * KEY_BYTES_LIMIT &&
        self->parts_used < (size_t)self->max_surfaces * 4)
        return;
    words_clear(&self->surfaces);
    self->parts_used = 0;
    PyDict_Clear(self->odd);
}

static int keep_parts(Lexicon *self, const Surface *surface, const LexToken *parts, size_t count) {
    if (!count) return 0;
    bound_surfaces(self);
    if (self->parts_used + count > self->parts_room) {
        size_t room = self->parts_room * 2 + count + 256;
        LexToken *grown = PyMem_RawRealloc(self->parts, room * sizeof *grown);
        if (!grown) {
            PyErr_NoMemory();
            return -1;
        }
        self->parts = grown;
        self->parts_room = room;
    }
    uint32_t id = words_intern(&self->surfaces, (const char *)surface->key.bytes,
                               (size_t)(surface->end - surface->start));
    if (id == NO_WORD) return -1;
    memcpy(self->parts + self->parts_used, parts, count * sizeof *parts);
    self->surfaces.entries[id].note = (uint32_t)self->parts_used;
    self->surfaces.entries[id].more = (uint32_t)count;
    self->parts_used += count;
    return 0;
}

/* A surface that is one word from end to end has no parts: `more` is 0 and `note` the word. */
static int keep_word(Lexicon *self, const Surface *surface, uint32_t word) {
    bound_surfaces(self);
    uint32_t id = words_intern(&self->surfaces, (const char *)surface->key.bytes,
                               (size_t)(surface->end - surface->start));
    if (id == NO_WORD) return -1;
    self->surfaces.entries[id].note = word;
    self->surfaces.entries[id].more = 0;
    return 0;
}

/* The word whose lower case is that of these SIMPLE characters; NO_WORD with an exception. */
static uint32_t simple_word(Lexicon *self, const uint8_t *bytes, size_t count) {
    char utf8[2 * MAX_KEY];
    size_t length = 0;
    for (size_t at = 0; at < count; at++) {
        uint8_t lower = scan_lower[bytes[at]];
        if (lower < 0x80) {
            utf8[length++] = (char)lower;
        } else {
            utf8[length++] = (char)(0xc0 | lower >> 6);
            utf8[length++] = (char)(0x80 | (lower & 0x3f));
        }
    }
    return words_intern(&self->words, utf8, length);
}

static int all_simple(const uint8_t *bytes, size_t count) {
    int simple = SIMPLE;
    for (size_t at = 0; at < count; at++) simple &= scan_classes[bytes[at]];
    return simple != 0;
}

static int set_holds(PyObject *set, const uint8_t *latin, size_t count) {
    PyObject *word = PyUnicode_FromKindAndData(PyUnicode_1BYTE_KIND, latin, (Py_ssize_t)count);
    if (!word) return -1;
    int holds = PySet_Contains(set, word);
    Py_DECREF(word);
    return holds;
}

/* Where the word after an elided article begins in a key, 0 where it is no such surface, or -1. */
static int after_elision(Lexicon *self, const uint8_t *key, size_t count) {
    uint8_t exact[MAX_KEY];
    size_t apostrophe = 0;
    for (size_t at = 0; at < count; at++) {
        if (is_apostrophe(key[at])) {
            if (apostrophe) return 0;
            apostrophe = at;
            exact[at] = '\'';
        } else if (scan_classes[key[at]] & SIMPLE) {
            exact[at] = scan_lower[key[at]];
        } else {
            return 0;
        }
    }
    if (!apostrophe) return 0;
    int elided = set_holds(self->elisions, exact, apostrophe);
    if (elided <= 0) return elided;
    int whole = set_holds(self->whole_words, exact, count);
    return whole < 0 ? -1 : whole ? 0 : (int)apostrophe + 1;
}

/* Reads a surface whose characters are known here: 1 where it did, 0 where Python must, or -1. */
static int expand_plain(Lexicon *self, const Surface *surface, LexToken *token) {
    const uint8_t *key = surface->key.bytes;
    size_t count = (size_t)(surface->end - surface->start), start = 0;
    uint8_t digits[MAX_KEY];
    if (surface->number) {
        size_t kept = 0;
        for (size_t at = 0; at < count; at++) {
            if ((key[at] >= '0' && key[at] <= '9') || key[at] == ',') digits[kept++] = key[at];
            else if (!(scan_classes[key[at]] & SPACING) && key[at] < 0x80) return 0;
        }
        token->word = simple_word(self, digits, kept);
    } else {
        if (!all_simple(key, count)) {
            int after = after_elision(self, key, count);
            if (after <= 0) return after;
            start = (size_t)after;
        }
        token->word = simple_word(self, key + start, count - start);
    }
    token->position = token->compound = 0;
    token->start = (uint32_t)start;
    token->end = (uint32_t)count;
    return token->word == NO_WORD ? -1 : 1;
}

/* Reads one (exact, offset, start, end, compound) of what `expand` gave. */
static int read_part(Lexicon *self, PyObject *part, Py_ssize_t length, LexToken *token) {
    PyObject *exact;
    Py_ssize_t offset, start, end;
    int compound;
    if (!PyTuple_Check(part)) {
        PyErr_SetString(PyExc_TypeError, "expand must give tuples");
        return -1;
    }
    if (!PyArg_ParseTuple(part, "Unnnp;expand must give (exact, offset, start, end, compound)", &exact,
                          &offset, &start, &end, &compound))
        return -1;
    if (start < 0 || start >= end || end > length || offset < 0 || offset >= UINT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "expand gave a word outside its surface");
        return -1;
    }
    *token = (LexToken){0, (uint32_t)offset, (uint32_t)start, (uint32_t)end, (uint32_t)compound};
    return lexicon_intern((PyObject *)self, exact, &token->word);
}

/* The expansion that Python makes of a surface, as bytes of LexToken. */
static PyObject *expand_in_python(Lexicon *self, PyObject *surface) {
    PyObject *answer = PyObject_CallOneArg(self->expand, surface);
    PyObject *list = answer ? PySequence_Fast(answer, "expand must give a sequence") : NULL;
    Py_XDECREF(answer);
    if (!list) return NULL;
    Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, count * (Py_ssize_t)sizeof(LexToken));
    for (Py_ssize_t at = 0; bytes && at < count; at++) {
        LexToken token;
        if (read_part(self, PySequence_Fast_GET_ITEM(list, at), PyUnicode_GET_LENGTH(surface), &token) < 0)
            Py_CLEAR(bytes);
        else
            memcpy(PyBytes_AS_STRING(bytes) + at * (Py_ssize_t)sizeof token, &token, sizeof token);
    }
    Py_DECREF(list);
    return bytes;
}

static int append_bytes(PyObject *bytes, Py_ssize_t start, Found *found) {
    return lexicon_append_parts((const LexToken *)(const void *)PyBytes_AS_STRING(bytes),
                        (size_t)PyBytes_GET_SIZE(bytes) / sizeof(LexToken), start, found);
}

/* A surface that Python reads: kept under its key, else in the dict, unless it is garbage. */
static int append_odd(Lexicon *self, int kind, const void *data, Surface *surface, Found *found) {
    Py_ssize_t length = surface->end - surface->start;
    PyObject *word = PyUnicode_FromKindAndData(kind, (const char *)data + surface->start * kind, length);
    if (!word) return -1;
    PyObject *bytes = surface->narrow ? NULL : PyDict_GetItemWithError(self->odd, word);
    int failed = 0;
    if (bytes) {
        failed = append_bytes(bytes, surface->start, found);
    } else if (PyErr_Occurred() || !(bytes = expand_in_python(self, word))) {
        failed = -1;
    } else {
        failed = append_bytes(bytes, surface->start, found);
        if (!failed && surface->narrow) {
            failed = keep_parts(self, surface, (const LexToken *)(const void *)PyBytes_AS_STRING(bytes),
                                (size_t)PyBytes_GET_SIZE(bytes) / sizeof(LexToken));
        } else if (!failed && length <= MAX_ODD) {
            bound_surfaces(self);
            failed = PyDict_SetItem(self->odd, word, bytes);
        }
        Py_DECREF(bytes);
    }
    Py_DECREF(word);
    return failed;
}

int lexicon_append_new(Lexicon *self, int kind, const void *data, Surface *surface, Found *found) {
    LexToken token;
    if (!surface->narrow) return append_odd(self, kind, data, surface, found);
    int plain = expand_plain(self, surface, &token);
    if (plain < 0) return -1;
    if (!plain) return append_odd(self, kind, data, surface, found);
    if (lexicon_append_parts(&token, 1, surface->start, found) < 0) return -1;
    if (token.start) return keep_parts(self, surface, &token, 1);
    return keep_word(self, surface, token.word);
}
