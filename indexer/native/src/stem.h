/* Stems of plain words, without Python. */
#ifndef STEM_H
#define STEM_H

#include "kernel.h"

#define LONGEST_STEM 64

/* Whether an object is a Stemmer, which stemmer_stem demands. */
int stemmer_check(PyObject *object);

/* The stem of an exact form in UTF-8, in ASCII: 1; 0 for a stop word; -1 where the Stemmer must be called. */
int stemmer_stem(PyObject *stemmer, const char *utf8, size_t length, char text[LONGEST_STEM], size_t *count);

#endif
