/* The words of some texts, cut without the GIL: what the inversion takes. */
#ifndef CUT_TEXTS_H
#define CUT_TEXTS_H

#include "encode.h"

/* Cuts the texts of a tuple (str or None) with a Lexicon: a new CutTexts, or NULL with an exception.
 * Lets go of the GIL. */
PyObject *cut_texts(PyObject *lexicon, PyObject *texts);

/* Whether an object is a CutTexts of this Lexicon; the functions below demand one. */
int cut_texts_check(PyObject *object, PyObject *lexicon);

/* A text, borrowed; NULL with IndexError. */
PyObject *cut_texts_text(PyObject *object, Py_ssize_t number);

/* The words of a text, each id * 2 + 1 for the whole of a hyphenated word (which stands before its parts,
 * at the position of the first) or + 0: 0, or -1 with an exception. May run Python code; the words are
 * valid until the next call. */
int cut_texts_words(PyObject *object, Py_ssize_t number, const uint32_t **words, size_t *count);

#endif
