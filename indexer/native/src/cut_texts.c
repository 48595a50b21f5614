/* Texts cut for an inversion: at once, with the GIL, or without it, beside whoever else uses the Lexicon.
 *
 * Nearly all surfaces of a text are known. Where one is not and the GIL is not held, its place is left open,
 * and a text that may have to be normalised is left whole: both are read when the words are asked for. */
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

/* Words of texts on their way into a stream. */
typedef struct {
    Lexicon *lexicon;
    Bytes *words;
    Bytes *open;  /* NULL with the GIL: a surface that is not known is read where it stands */
    Found found;  /* of such a surface */
    Marks marks;  /* of the latest text */
} Cutting;

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

/* The same with the GIL: 0, or -1 with an exception. */
static int put_tokens(Bytes *words, const Found *found) {
    int appended = found->count ? append_tokens(words, found->tokens, found->count) : 1;
    if (appended > 0) return 0;
    if (appended < 0) PyErr_NoMemory();
    else PyErr_SetString(PyExc_ValueError, "positions that skip words");
    return -1;
}

static int append_open(Cutting *self, Py_ssize_t start) {
    uint32_t open = OPEN;
    return bytes_append(self->words, &open, 4) < 0 ? -1 : bytes_append(self->open, &start, sizeof start);
}

/* Reads a surface, which may run Python code and change the Lexicon. */
static int append_read(Cutting *self, int kind, const void *data, Surface *surface, uint64_t hash) {
    self->found.count = self->found.position = 0;
    if (lexicon_append(self->lexicon, kind, data, surface, hash, &self->found) < 0) return -1;
    return put_tokens(self->words, &self->found);
}

/* Appends a surface that is not one known word. */
static int append_other(Cutting *self, int kind, const void *data, Surface *surface, uint64_t hash) {
    if (!self->open) return append_read(self, kind, data, surface, hash);
    uint32_t note, more;
    size_t before = self->words->size;
    if (!surface_known(&self->lexicon->surfaces, surface, hash, &note, &more))
        return append_open(self, surface->start);
    LexToken word = {.word = note};
    int appended = append_tokens(self->words, more ? self->lexicon->parts + note : &word, more ? more : 1);
    if (appended) return appended < 0 ? -1 : 0;
    self->words->size = before; /* what skips words is refused when it is read */
    return append_open(self, surface->start);
}

ALWAYS_INLINE int append_surfaces(Cutting *self, int kind, const void *data, Surface *surfaces,
                                  const uint64_t *hashes, int count) {
    if (bytes_reserve(self->words, AT_ONCE * 4) < 0) return -1;
    for (int i = 0; i < count; i++) {
        const ShortSlot *slot = is_short(surfaces + i)
            ? surfaces_short(&self->lexicon->surfaces, surfaces[i].key.units, hashes[i]) : NULL;
        if (slot && slot->only != NO_WORD) {
            bytes_u32(self->words, slot->only);
        } else {
            if (append_other(self, kind, data, surfaces + i, hashes[i]) < 0 ||
                bytes_reserve(self->words, AT_ONCE * 4) < 0)
                return -1;
        }
    }
    return 0;
}

ALWAYS_INLINE int cut(Cutting *self, int kind, PyObject *text) {
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    const Surfaces *known = &self->lexicon->surfaces;
    Surface surfaces[AT_ONCE];
    uint64_t hashes[AT_ONCE] = {0};
    int count;
    for (size_t at = 0; (count = read_surfaces(known, kind, data, length, &self->marks, &at, surfaces, hashes));)
        if (append_surfaces(self, kind, data, surfaces, hashes, count) < 0) return -1;
    return 0;
}

/* Cuts a text that was marked: 0, or -1 without memory or, with the GIL, with an exception. */
static int cut_text(Cutting *self, PyObject *text) {
    switch (PyUnicode_KIND(text)) {
    case PyUnicode_1BYTE_KIND: return cut(self, PyUnicode_1BYTE_KIND, text);
    case PyUnicode_2BYTE_KIND: return cut(self, PyUnicode_2BYTE_KIND, text);
    default: return cut(self, PyUnicode_4BYTE_KIND, text);
    }
}

static int mark_text(Cutting *self, PyObject *text) {
    return marks_fill(&self->marks, PyUnicode_KIND(text), PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text));
}

/* Without the GIL ---------------------------------------------------------------------------- */

/* Cuts a text that need not be normalised: 1, or 0 where it may have to be, or -1. */
static int cut_locked(Cutting *self, PyObject *text) {
    if (mark_text(self, text) < 0) return -1;
    if (!self->marks.plain) return 0;
    Lexicon *lexicon = self->lexicon;
    while (atomic_load(&lexicon->waiting)) sched_yield(); /* those who want to change it come first */
    PyThread_acquire_lock(lexicon->lock, WAIT_LOCK);
    int failed = cut_text(self, text);
    PyThread_release_lock(lexicon->lock);
    return failed ? -1 : 1;
}

static int cut_all(CutTexts *self) {
    Cutting cutting = {(Lexicon *)self->lexicon, &self->words, &self->open, {0}, {0}};
    int done = 1;
    for (Py_ssize_t at = 0; done >= 0 && at < PyTuple_GET_SIZE(self->texts); at++) {
        PyObject *text = PyTuple_GET_ITEM(self->texts, at);
        done = text == Py_None ? 1 : cut_locked(&cutting, text);
        self->ends[at] = (CutText){self->words.size / 4, self->open.size / sizeof(Py_ssize_t), !done};
    }
    marks_free(&cutting.marks);
    return done < 0 ? -1 : 0;
}

/* With the GIL ------------------------------------------------------------------------------- */

static int are_texts(PyObject *texts) {
    for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(texts); at++) {
        PyObject *text = PyTuple_GET_ITEM(texts, at);
        if (text != Py_None && !lexicon_takes(text)) return 0;
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

/* Appends the words of a text that may have to be normalised. */
static int read_whole(Lexicon *lexicon, PyObject *text, Bytes *words) {
    Found found;
    if (lexicon_cut_into(lexicon, text, &found) < 0) return -1;
    int failed = put_tokens(words, &found);
    lexicon_keep_buffer(lexicon, &found);
    return failed;
}

static int has_room(const Lexicon *lexicon) {
    if (!(lexicon->words.count >> 31)) return 1;
    PyErr_SetString(PyExc_ValueError, "a lexicon with too many words");
    return 0;
}

int cut_words(PyObject *lexicon, PyObject *text, Bytes *words) {
    Cutting cutting = {.lexicon = (Lexicon *)lexicon, .words = words};
    if (!lexicon_takes(text)) return -1;
    int failed = mark_text(&cutting, text);
    if (!failed && cutting.marks.plain) failed = cut_text(&cutting, text);
    else if (!failed) failed = read_whole(cutting.lexicon, text, words);
    if (failed && !PyErr_Occurred()) PyErr_NoMemory();
    marks_free(&cutting.marks);
    PyMem_RawFree(cutting.found.tokens);
    return failed || !has_room(cutting.lexicon) ? -1 : 0;
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
    if (!has_room((Lexicon *)self->lexicon)) return -1;
    CutText before = number ? self->ends[number - 1] : (CutText){0}, own = self->ends[number];
    *words = (const uint32_t *)(const void *)self->words.data + before.words;
    *count = own.words - before.words;
    if (!own.whole && own.open == before.open) return 0;
    /* Reading may run Python code, in which another thread may ask for another text. */
    Bytes filled = self->filled;
    self->filled = (Bytes){0};
    filled.size = 0;
    int failed = own.whole ? read_whole((Lexicon *)self->lexicon, text, &filled)
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
