/* Words of texts, interned: what the parts of the extension may ask of a Lexicon.
 *
 * A Lexicon cuts texts into words exactly as indexer/french/analysis.py does and gives each
 * distinct exact form a small id, which stays valid as long as the Lexicon lives. All functions
 * need the GIL. They may run Python code (the callables that the Lexicon was made with), so another
 * thread may use the same Lexicon meanwhile; ids are never harmed by that.
 *
 * Words are kept in UTF-8 in which a lone surrogate is the three bytes that Python's error handler
 * "surrogatepass" writes: no text whatsoever fails to encode.
 */
#ifndef TEXT_H
#define TEXT_H

#include "kernel.h"

#define NO_WORD UINT32_MAX

/* One word of a text: the id of its exact form, its place among the words, its first character and
 * the one after its last (offsets in code points of the text as given), and 1 for the whole of a
 * hyphenated word, which stands before its parts at the position of the first. */
typedef struct {
    uint32_t word, position, start, end, compound;
} LexToken;

/* Whether an object is a Lexicon; the functions below demand one. */
int lexicon_check(PyObject *object);

/* A word of a text with its derived form, NO_WORD for none. */
typedef struct {
    uint32_t word, derived, start, end, compound;
} ReadToken;

/* The tokens of a text as a bytes object that holds an array of ReadToken: a new reference, or NULL.
 * The latest texts are remembered, so that a page of results which reads a text often cuts it once. */
PyObject *lexicon_read(PyObject *lexicon, PyObject *text);

static inline const ReadToken *read_tokens(PyObject *bytes, size_t *count) {
    *count = (size_t)PyBytes_GET_SIZE(bytes) / sizeof(ReadToken);
    return (const ReadToken *)(const void *)PyBytes_AS_STRING(bytes);
}

/* How many words there are, and the UTF-8 of one of them (not ended by a zero); NULL for no such
 * id. The pointer is valid until a word is added. */
uint32_t lexicon_size(PyObject *lexicon);
const char *lexicon_word(PyObject *lexicon, uint32_t id, Py_ssize_t *length);

/* The id of an exact form, added where it is new (lexicon_intern) or NO_WORD where it is unknown
 * (lexicon_find): 0, or -1 with an exception. */
int lexicon_intern(PyObject *lexicon, PyObject *exact, uint32_t *id);
int lexicon_find(PyObject *lexicon, PyObject *exact, uint32_t *id);

/* The id of what `derive` makes of a word, NO_WORD where it gives None; asked once a word. Derived
 * forms have ids of their own. 0, or -1 with an exception (IndexError for no such word). */
int lexicon_derived(PyObject *lexicon, uint32_t id, uint32_t *derived);
uint32_t lexicon_derived_size(PyObject *lexicon);
const char *lexicon_derived_word(PyObject *lexicon, uint32_t id, Py_ssize_t *length);
int lexicon_derived_intern(PyObject *lexicon, PyObject *derived, uint32_t *id);
int lexicon_derived_find(PyObject *lexicon, PyObject *derived, uint32_t *id);

/* The str of a word or of a derived form: a new reference, or NULL with an exception. */
PyObject *lexicon_word_str(PyObject *lexicon, uint32_t id);
PyObject *lexicon_derived_str(PyObject *lexicon, uint32_t id);

#endif
