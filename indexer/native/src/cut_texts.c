/* Texts cut without the GIL, beside whoever else uses the Lexicon.
 *
 * Nearly all surfaces of a text are known. Where one is not, its place is left open, and a text that may
 * have to be normalised is left whole: both are read when the words are asked for, with the GIL. */
#include "cut_texts.h"

#include <sched.h>

#include "lexicon.h"

/* Stands in the stream for a surface that was not known. */
#define OPEN UINT32_MAX

/* Of one text: how many words, and how many open places, there are up to its end. */
typedef struct {
    size_t words, open;
    int whole; /* it was not cut */
} CutText;

typedef struct {
    PyObject_HEAD
    PyObject *lexicon, *texts;
    CutText *ends;
    Bytes words; /* u32: word * 2 + compound, or OPEN */
    Bytes open;  /* Py_ssize_t: where the surfaces of the open places begin */
    Bytes filled; /* the words of the latest text that had open places */
} CutTexts;

static PyTypeObject CutTextsType;

/* Appends words whose positions follow from their order: 1, or 0 where they do not; -1 without memory. */
static int append_tokens(Bytes *words, const LexToken *tokens, size_t count) {
    if (bytes_reserve(words, count * 4) < 0) return -1;
    uint32_t position = tokens[0].position;
    for (size_t i = 0; i < count; i++) {
        if (tokens[i].position != position) return 0;
        position += !tokens[i].compound;
        bytes_u32(words, tokens[i].word * 2 + (tokens[i].compound != 0));
    }
    return 1;
}

/* Without the GIL ---------------------------------------------------------------------------- */

static int append_open(CutTexts *self, Py_ssize_t start) {
    uint32_t open = OPEN;
    return bytes_append(&self->words, &open, 4) < 0 ? -1 : bytes_append(&self->open, &start, sizeof start);
}

/* Appends a surface that is not one known word. */
static int append_other(CutTexts *self, const Surface *surface, const LexToken *parts, size_t count) {
    size_t before = self->words.size;
    int appended = count ? append_tokens(&self->words, parts, count) : 0;
    if (appended) return appended < 0 ? -1 : 0;
    self->words.size = before; /* what skips words is refused when it is read */
    return append_open(self, surface->start);
}

ALWAYS_INLINE int append_surfaces(CutTexts *self, const Surface *surfaces, const uint64_t *hashes, int count) {
    const Lexicon *lexicon = (const Lexicon *)self->lexicon;
    if (bytes_reserve(&self->words, AT_ONCE * 4) < 0) return -1;
    for (int i = 0; i < count; i++) {
        uint32_t note, more = 0;
        int known = surface_known(&lexicon->surfaces, surfaces + i, hashes[i], &note, &more);
        if (known && !more) {
            bytes_u32(&self->words, note * 2);
        } else {
            if (append_other(self, surfaces + i, lexicon->parts + (known ? note : 0), more) < 0 ||
                bytes_reserve(&self->words, AT_ONCE * 4) < 0)
                return -1;
        }
    }
    return 0;
}

ALWAYS_INLINE int cut(CutTexts *self, int kind, const void *data, Py_ssize_t length, const Marks *marks) {
    const Surfaces *known = &((const Lexicon *)self->lexicon)->surfaces;
    Surface surfaces[AT_ONCE];
    uint64_t hashes[AT_ONCE] = {0};
    int count;
    for (Py_ssize_t at = 0; (count = read_surfaces(known, kind, data, length, marks, &at, surfaces, hashes));)
        if (append_surfaces(self, surfaces, hashes, count) < 0) return -1;
    return 0;
}

/* Marks a text, and cuts it with the lock, before which those who want to change the Lexicon come. */
ALWAYS_INLINE int cut_locked(CutTexts *self, int kind, PyObject *text, Marks *marks) {
    Lexicon *lexicon = (Lexicon *)self->lexicon;
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    mark_text(kind, data, length, marks);
    while (atomic_load(&lexicon->waiting)) sched_yield();
    PyThread_acquire_lock(lexicon->lock, WAIT_LOCK);
    int failed = cut(self, kind, data, length, marks);
    PyThread_release_lock(lexicon->lock);
    return failed;
}

static int cut_text(CutTexts *self, PyObject *text) {
    Marks marks;
    if (marks_open(&marks, PyUnicode_GET_LENGTH(text)) < 0) return -1;
    int failed = 0;
    switch (PyUnicode_KIND(text)) {
    case PyUnicode_1BYTE_KIND: failed = cut_locked(self, PyUnicode_1BYTE_KIND, text, &marks); break;
    case PyUnicode_2BYTE_KIND: failed = cut_locked(self, PyUnicode_2BYTE_KIND, text, &marks); break;
    default: failed = cut_locked(self, PyUnicode_4BYTE_KIND, text, &marks);
    }
    marks_close(&marks);
    return failed;
}

static int cut_all(CutTexts *self) {
    for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(self->texts); at++) {
        PyObject *text = PyTuple_GET_ITEM(self->texts, at);
        int whole = text != Py_None && !text_is_plain(text);
        if (text != Py_None && !whole && cut_text(self, text) < 0) return -1;
        self->ends[at] = (CutText){self->words.size / 4, self->open.size / sizeof(Py_ssize_t), whole};
    }
    return 0;
}

/* With the GIL ------------------------------------------------------------------------------- */

static int are_texts(PyObject *texts) {
    for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(texts); at++) {
        PyObject *text = PyTuple_GET_ITEM(texts, at);
        if (text == Py_None) continue;
        if (!PyUnicode_Check(text)) {
            PyErr_Format(PyExc_TypeError, "a text must be a str, not %.100s", Py_TYPE(text)->tp_name);
            return 0;
        }
        if ((uint64_t)PyUnicode_GET_LENGTH(text) < UINT32_MAX) continue;
        PyErr_SetString(PyExc_OverflowError, "a text must have fewer than 2**32 - 1 characters");
        return 0;
    }
    return 1;
}

PyObject *cut_texts(PyObject *lexicon, PyObject *texts) {
    if (!are_texts(texts)) return NULL;
    CutTexts *self = PyObject_New(CutTexts, &CutTextsType);
    if (!self) return NULL;
    self->lexicon = Py_NewRef(lexicon);
    self->texts = Py_NewRef(texts);
    self->words = self->open = self->filled = (Bytes){0};
    self->ends = PyMem_RawMalloc(((size_t)PyTuple_GET_SIZE(texts) + 1) * sizeof *self->ends);
    int failed = -1;
    if (self->ends) {
        Py_BEGIN_ALLOW_THREADS
        failed = cut_all(self);
        Py_END_ALLOW_THREADS
    }
    if (failed) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    return (PyObject *)self;
}

static int put_tokens(Bytes *words, const Found *found) {
    int appended = found->count ? append_tokens(words, found->tokens, found->count) : 1;
    if (appended > 0) return 0;
    if (appended < 0) PyErr_NoMemory();
    else PyErr_SetString(PyExc_ValueError, "positions that skip words");
    return -1;
}

/* Appends the words of a text that was left whole. */
static int read_whole(CutTexts *self, PyObject *text, Bytes *words) {
    Lexicon *lexicon = (Lexicon *)self->lexicon;
    Found found;
    if (lexicon_cut_into(lexicon, text, &found) < 0) return -1;
    int failed = put_tokens(words, &found);
    lexicon_keep_buffer(lexicon, &found);
    return failed;
}

/* Appends the words of the surface at an open place. */
static int read_open(CutTexts *self, PyObject *text, size_t open, Found *found, Bytes *words) {
    Py_ssize_t start;
    memcpy(&start, self->open.data + sizeof start * open, sizeof start);
    found->count = found->position = 0;
    if (lexicon_cut_surface((Lexicon *)self->lexicon, text, start, found) < 0) return -1;
    return put_tokens(words, found);
}

/* Appends the words of a text, reading what stands at its open places. */
static int fill(CutTexts *self, PyObject *text, size_t at, size_t end, size_t open, Bytes *words) {
    Found found = {0};
    int failed = 0;
    while (!failed && at < end) {
        const uint32_t *known = (const uint32_t *)(const void *)self->words.data + at;
        size_t count = 0;
        while (at + count < end && known[count] != OPEN) count++;
        failed = bytes_append(words, known, count * 4);
        if (failed) PyErr_NoMemory();
        at += count;
        if (!failed && at++ < end) failed = read_open(self, text, open++, &found, words);
    }
    PyMem_RawFree(found.tokens);
    return failed;
}

int cut_texts_check(PyObject *object, PyObject *lexicon) {
    return PyObject_TypeCheck(object, &CutTextsType) && ((CutTexts *)object)->lexicon == lexicon;
}

PyObject *cut_texts_text(PyObject *object, Py_ssize_t number) {
    CutTexts *self = (CutTexts *)object;
    if (number >= 0 && number < PyTuple_GET_SIZE(self->texts)) return PyTuple_GET_ITEM(self->texts, number);
    PyErr_SetString(PyExc_IndexError, "no such text");
    return NULL;
}

int cut_texts_words(PyObject *object, Py_ssize_t number, const uint32_t **words, size_t *count) {
    CutTexts *self = (CutTexts *)object;
    PyObject *text = cut_texts_text(object, number);
    if (!text) return -1;
    if (lexicon_size(self->lexicon) >> 31) {
        PyErr_SetString(PyExc_ValueError, "a lexicon with too many words");
        return -1;
    }
    CutText before = number ? self->ends[number - 1] : (CutText){0}, own = self->ends[number];
    *words = (const uint32_t *)(const void *)self->words.data + before.words;
    *count = own.words - before.words;
    if (!own.whole && own.open == before.open) return 0;
    /* Reading may run Python code, in which another thread may ask for another text. */
    Bytes filled = self->filled;
    self->filled = (Bytes){0};
    filled.size = 0;
    int failed = own.whole ? read_whole(self, text, &filled)
                           : fill(self, text, before.words, own.words, before.open, &filled);
    bytes_free(&self->filled);
    self->filled = filled;
    *words = (const uint32_t *)(const void *)filled.data;
    *count = filled.size / 4;
    return failed;
}

static void cut_texts_dealloc(CutTexts *self) {
    Py_DECREF(self->lexicon);
    Py_DECREF(self->texts);
    PyMem_RawFree(self->ends);
    bytes_free(&self->words);
    bytes_free(&self->open);
    bytes_free(&self->filled);
    PyObject_Free(self);
}

static PyTypeObject CutTextsType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "indexer.native._kernel.CutTexts",
    .tp_basicsize = sizeof(CutTexts),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "Texts that were cut without the GIL, for an Inverter.",
    .tp_dealloc = (destructor)cut_texts_dealloc,
};

int register_cut_texts(PyObject *module) {
    return PyModule_AddType(module, &CutTextsType);
}
