/* A Lexicon from the inside: what its own files share (see text.h for what others may ask). */
#ifndef LEXICON_H
#define LEXICON_H

#include "scan.h"
#include "text.h"
#include "words.h"

#define REMEMBERED 512 /* texts whose tokens are kept, a power of two */

typedef struct {
    PyObject *text, *tokens;
} Remembered;

typedef struct {
    PyObject_HEAD
    PyObject *elisions, *whole_words, *expand, *derive, *token;
    PyObject *normalise, *is_normalised; /* of unicodedata */
    Words words, derived, surfaces;
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

ALWAYS_INLINE int lexicon_append(Lexicon *self, int kind, const void *data, Surface *surface, Found *found) {
    if (!surface->narrow) return lexicon_append_new(self, kind, data, surface, found);
    size_t length = (size_t)(surface->end - surface->start);
    uint64_t hash = words_hash(surface->key.units, length, self->surfaces.seed);
    uint32_t id = words_find_padded(&self->surfaces, surface->key.units, length, hash);
    if (id == NO_WORD) return lexicon_append_new(self, kind, data, surface, found);
    const WordEntry *entry = &self->surfaces.entries[id];
    if (entry->more)
        return lexicon_append_parts(self->parts + entry->note, entry->more, surface->start, found);
    if (found->count == found->room && found_reserve(found, 1) < 0) return -1;
    found->tokens[found->count++] = (LexToken){entry->note, found->position++, (uint32_t)surface->start,
                                               (uint32_t)surface->end, 0};
    return 0;
}

/* normal.c: whether a text must be normalised before it is cut: 1, 0, or -1. */
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
