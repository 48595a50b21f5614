/* A Lexicon from the inside: what its own files share (see text.h for what others may ask). */
#ifndef LEXICON_H
#define LEXICON_H

#include <stdatomic.h>

#include "surfaces.h"
#include "text.h"

#define REMEMBERED 512 /* texts whose tokens are kept, a power of two */

typedef struct {
    PyObject *text, *tokens;
} Remembered;

typedef struct {
    PyObject_HEAD
    PyObject *elisions, *whole_words, *expand, *derive, *token;
    PyObject *normalise, *is_normalised; /* of unicodedata */
    Words words, derived;
    /* Surfaces and parts are changed with the GIL and the lock held, and read with either. */
    PyThread_type_lock lock;
    atomic_int waiting; /* threads that want the lock to change them: others let them go first */
    Surfaces surfaces;
    LexToken *parts; /* expansions of the surfaces that are more than one word */
    size_t parts_used, parts_room;
    PyObject *odd; /* dict: surface without a key -> bytes of its expansion */
    Py_ssize_t max_surfaces;
    LexToken *buffer; /* the tokens of the latest text */
    size_t buffer_room;
    char *scratch;    /* UTF-8 of the word that is being added */
    size_t scratch_room;
    Remembered remembered[REMEMBERED];
} Lexicon;

/* Tokens as they are found. */
typedef struct {
    LexToken *tokens;
    size_t count, room;
    uint32_t position;
} Found;

int found_reserve(Found *found, size_t more);

/* plain.c: reads a surface that has a key and is not in the table: how many tokens it gives, 0 where
 * Python must read it, or -1 with an exception. No expansion of MAX_KEY characters has more. */
#define MAX_PARTS (MAX_KEY / 2 + 2)
int expand_plain(Lexicon *self, const Surface *surface, LexToken parts[MAX_PARTS]);

/* expand.c: appends the tokens of a surface that is not in the table, or the parts of one that is:
 * 0, or -1 with an exception. `kind` and `data` are the storage of the text. */
int lexicon_append_new(Lexicon *self, int kind, const void *data, Surface *surface, Found *found);
int lexicon_append_parts(const LexToken *parts, size_t count, Py_ssize_t start, Found *found);

/* Surfaces are read some at a time, and looked up when all of their places in the table are on their
 * way from memory. */
#define AT_ONCE 16

/* Reads the next surfaces of a text, from the edge *at on, and the hashes of short ones: how many, 0 at
 * the end. */
ALWAYS_INLINE int read_surfaces(const Surfaces *known, int kind, const void *data, Py_ssize_t length, Marks *marks,
                                size_t *at, Surface surfaces[AT_ONCE], uint64_t hashes[AT_ONCE]) {
    int count = 0;
    size_t edge = *at;
    for (; count < AT_ONCE && edge < marks->count; count++) {
        Surface *surface = surfaces + count;
        edge = marks_surface(kind, data, length, marks, edge, surface);
        if (!is_short(surface)) continue;
        hashes[count] = short_hash(surface->key.units, known->seed);
        surfaces_prefetch(known, hashes[count]);
    }
    *at = edge;
    return count;
}

/* What a surface stands for, `hash` being that of a short one: 1, or 0 where it is not known. */
ALWAYS_INLINE int surface_known(const Surfaces *known, const Surface *surface, uint64_t hash, uint32_t *note,
                                uint32_t *more) {
    if (is_short(surface)) {
        const ShortSlot *slot = surfaces_short(known, surface->key.units, hash);
        if (slot) *note = slot->note, *more = slot->more;
        return slot != NULL;
    }
    if (!surface->narrow) return 0;
    size_t length = (size_t)(surface->end - surface->start);
    uint32_t id = words_find(&known->others, (const char *)surface->key.bytes, length);
    if (id == NO_WORD) return 0;
    *note = known->others.entries[id].note, *more = known->others.entries[id].more;
    return 1;
}

/* Appends the tokens of a surface; `hash` is that of a short one. */
ALWAYS_INLINE int lexicon_append(Lexicon *self, int kind, const void *data, Surface *surface, uint64_t hash,
                                 Found *found) {
    uint32_t note, more;
    if (!surface_known(&self->surfaces, surface, hash, &note, &more))
        return lexicon_append_new(self, kind, data, surface, found);
    if (more) return lexicon_append_parts(self->parts + note, more, surface->start, found);
    if (found->count == found->room && found_reserve(found, 1) < 0) return -1;
    found->tokens[found->count++] = (LexToken){note, found->position++, (uint32_t)surface->start,
                                               (uint32_t)surface->end, 0};
    return 0;
}

/* cutting.c: whether an object is a str of fewer than 2**32 - 1 characters: 1, or 0 with an exception. */
int lexicon_takes(PyObject *text);
/* Cuts a text; the tokens are the caller's to free, or to give back for the next text. */
int lexicon_cut_into(Lexicon *self, PyObject *text, Found *found);
void lexicon_keep_buffer(Lexicon *self, Found *found);
/* Appends the tokens of the one surface that begins at `start`. */
int lexicon_cut_surface(Lexicon *self, PyObject *text, Py_ssize_t start, Found *found);

/* lexicon_words.c: the str of one of these words: a new reference, or NULL. */
PyObject *lexicon_str_of(Words *words, uint32_t id);

/* cut_texts.c: texts cut without the GIL. */
int register_cut_texts(PyObject *module);

/* normal.c: whether a text that is not plain must be normalised before it is cut: 1, 0, or -1. */
int text_is_unclean(Lexicon *self, PyObject *text);

/* A composed text without invisible characters, and where each of its characters comes from. */
typedef struct {
    Py_UCS4 *characters;
    uint32_t *starts, *ends;
    size_t count, room;
} CleanText;

int clean_text(Lexicon *self, PyObject *text, CleanText *clean);
void clean_text_free(CleanText *clean);

#endif
