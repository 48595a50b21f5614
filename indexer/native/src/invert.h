/* What the parts of the inversion share: invert_texts.c, invert_terms.c and values.c
 * collect, places.c sorts, sections.c and text_sections.c write. */
#ifndef INVERT_H
#define INVERT_H

#include "encode.h"
#include "keys.h"
#include "places.h"

#define NO_SOURCE UINT32_MAX

/* The texts of one lexicon: each token is word * 2 + compound. Text t is
   tokens[starts[t]] up to tokens[starts[t + 1]]. */
typedef struct {
    PyObject *lexicon;
    Bytes tokens; /* u32 */
    Bytes starts; /* u64, one more than texts */
} Source;

/* The terms of a field that come one by one: interned, and a stream of records (u32): term,
   document, tf (unless EXISTENCE), tf position values (POSITIONS). */
typedef struct {
    Bytes text;    /* the terms one after the other */
    Bytes offsets; /* u32, where each begins, one more than terms */
    uint32_t *slots, slot_bits, count;
    Bytes stream;
} Terms;

typedef struct {
    int kind, scorable, derived, weighted; /* weighted: an EXISTENCE field with some tf above 1 */
    uint32_t source;
    Bytes entries; /* Entry, by ascending document */
    Bytes lengths; /* u32 document, u32 length */
    Terms terms;
    Bytes values;       /* of each value that has a code: its length (u32), then term and tf */
    Bytes value_starts; /* u32, where each begins, one more than values */
} Field;

typedef struct {
    PyObject_HEAD
    uint32_t bounds[256]; /* the length that each norm byte stands for */
    Source *sources;
    Field *fields;
    uint32_t source_count, field_count;
    Places kept; /* of the texts of a field that was written, for another that has the same */
    int busy; /* fields being written without the GIL: nothing may be added */
    Bytes words; /* room for those of the next text */
} Inverter;

/* invert.c. Those that return an int: 0, or -1 with an exception (inverter_usable: 1, or 0). */
int inverter_refuse(const char *message);
int inverter_usable(const Inverter *self);
Field *inverter_field(Inverter *self, Py_ssize_t number);
PyObject *inverter_append_field(Inverter *self, Field field); /* its number */

/* invert_texts.c: the methods that take texts. */
PyObject *inverter_add_text_field(PyObject *object, PyObject *args);
PyObject *inverter_add_text(PyObject *object, PyObject *args);
PyObject *inverter_add_texts(PyObject *object, PyObject *args);
PyObject *inverter_add_cut(PyObject *object, PyObject *args);

/* invert_terms.c: the methods that take terms one by one, and what they are made of. */
PyObject *inverter_add_term(PyObject *object, PyObject *args);
PyObject *inverter_add_values(PyObject *object, PyObject *args);
/* The number of a term, a new one if it is new; -1 where there is no memory. */
int64_t terms_intern(Terms *terms, const char *text, size_t length);
int inverter_add_posting(Field *field, PyObject *term, uint32_t document, unsigned long tf,
                         PyObject *positions);
int inverter_set_length(Inverter *self, Py_ssize_t number, uint32_t document, uint32_t length);

/* values.c: the methods that take documents by field. */
PyObject *inverter_define_value(PyObject *object, PyObject *args);
PyObject *inverter_add_codes(PyObject *object, PyObject *args);
PyObject *inverter_add_terms(PyObject *object, PyObject *args);

/* What comes of a field. */
typedef struct {
    Encoder encoder;
    Bytes blob, offsets, infos;
    uint8_t *norms;
    uint32_t terms, least, most;
    uint64_t length;
} Sections;

/* sections.c */
/* Notes the length of a document, and its norm. */
Encoded note_length(Sections *out, uint32_t document, uint32_t length, const uint32_t *bounds);
void free_sections(Sections *out);
/* Writes what belongs to a term beside its record, which the encoder holds. */
Encoded end_term(Sections *out, const char *text, uint32_t length);
/* A field without terms still has the one offset that the format asks for. */
Encoded end_field(Sections *out);

static inline Texts texts_of(const Field *field, const Source *source) {
    return (Texts){.entries = (const Entry *)(const void *)field->entries.data,
                   .entry_count = (uint32_t)(field->entries.size / sizeof(Entry)),
                   .tokens = (const uint32_t *)(const void *)source->tokens.data,
                   .starts = source->starts.data,
                   .words = 0};
}

/* Fill the sections: 0, or -1 with an exception set. Take and give back the GIL. */
int write_text_field(const Field *field, const Source *source, const Places *places, const uint32_t *bounds,
                     Sections *out);
int write_term_field(Field *field, const uint32_t *bounds, Sections *out);

#endif
