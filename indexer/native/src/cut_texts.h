/* The words of texts as an inversion takes them: each id * 2 + 1 for the whole of a hyphenated word (which
 * stands before its parts, at the position of the first) or + 0. */
#ifndef CUT_TEXTS_H
#define CUT_TEXTS_H

#include "encode.h"

/* Appends the words of a str, with the GIL: 0, or -1 with an exception, after which some may have been
 * appended. May run Python code, during which `words` must be left alone. */
int cut_words(PyObject *lexicon, PyObject *text, Bytes *words);

/* Cuts the texts of a tuple (str or None) with a Lexicon: a new CutTexts, or NULL with an exception.
 * Lets go of the GIL. */
PyObject *cut_texts(PyObject *lexicon, PyObject *texts);

/* Whether an object is a CutTexts of this Lexicon; the functions below demand one. */
int cut_texts_check(PyObject *object, PyObject *lexicon);

/* A text, borrowed; NULL with IndexError. */
PyObject *cut_texts_text(PyObject *object, Py_ssize_t number);

/* The words of a text: 0, or -1 with an exception. May run Python code; they are valid until the next call. */
int cut_texts_words(PyObject *object, Py_ssize_t number, const uint32_t **words, size_t *count);

#endif
