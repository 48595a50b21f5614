/* What a surface stands for: read natively where it is plain (plain.c), by the Python callable
 * `expand` where it is anything else, and then kept. */
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

/* For a change of what others may read without the GIL. */
static void lock(Lexicon *self) {
    atomic_fetch_add(&self->waiting, 1);
    PyThread_acquire_lock(self->lock, WAIT_LOCK);
    atomic_fetch_sub(&self->waiting, 1);
}

/* Forgets the surfaces where there are too many; words stay. */
static void bound_surfaces(Lexicon *self) {
    Py_ssize_t count = surfaces_count(&self->surfaces) + PyDict_GET_SIZE(self->odd);
    if (count < self->max_surfaces &&
        self->surfaces.others.used < (size_t)self->max_surfaces * KEY_BYTES_LIMIT &&
        self->parts_used < (size_t)self->max_surfaces * 4)
        return;
    surfaces_clear(&self->surfaces);
    self->parts_used = 0;
    PyDict_Clear(self->odd);
}

static int add_parts(Lexicon *self, const Surface *surface, const LexToken *parts, size_t count) {
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
    uint32_t only = count > 1 || parts->position ? NO_WORD : parts->word * 2 + (parts->compound != 0);
    if (surfaces_keep(&self->surfaces, surface, (uint32_t)self->parts_used, (uint32_t)count, only) < 0) return -1;
    memcpy(self->parts + self->parts_used, parts, count * sizeof *parts);
    self->parts_used += count;
    return 0;
}

static int keep_parts(Lexicon *self, const Surface *surface, const LexToken *parts, size_t count) {
    if (!count) return 0;
    lock(self);
    int failed = add_parts(self, surface, parts, count);
    PyThread_release_lock(self->lock);
    return failed;
}

/* A surface that is one word from end to end has no parts: `more` is 0 and `note` the word. */
static int keep_word(Lexicon *self, const Surface *surface, uint32_t word) {
    lock(self);
    bound_surfaces(self);
    int failed = surfaces_keep(&self->surfaces, surface, word, 0, word * 2);
    PyThread_release_lock(self->lock);
    return failed;
}

static int keep_odd(Lexicon *self, PyObject *word, PyObject *bytes) {
    lock(self);
    bound_surfaces(self);
    PyThread_release_lock(self->lock);
    return PyDict_SetItem(self->odd, word, bytes);
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
            failed = keep_odd(self, word, bytes);
        }
        Py_DECREF(bytes);
    }
    Py_DECREF(word);
    return failed;
}

int lexicon_append_new(Lexicon *self, int kind, const void *data, Surface *surface, Found *found) {
    LexToken parts[MAX_PARTS];
    if (!surface->narrow) return append_odd(self, kind, data, surface, found);
    int count = expand_plain(self, surface, parts);
    if (count < 0) return -1;
    if (!count) return append_odd(self, kind, data, surface, found);
    if (lexicon_append_parts(parts, (size_t)count, surface->start, found) < 0) return -1;
    if (count > 1 || parts[0].start) return keep_parts(self, surface, parts, (size_t)count);
    return keep_word(self, surface, parts[0].word);
}
