/* Posting records, written one posting at a time; the format stands in indexer.fastwhoosh. */
#ifndef ENCODE_H
#define ENCODE_H

#include "bytes.h"

enum { EXISTENCE, FREQUENCIES, POSITIONS };

/* Why a posting was not taken. */
typedef enum {
    ENCODED = 0,
    NO_MEMORY = -1,
    NOT_ASCENDING = -2, /* a document not above the one before, or not of the segment */
    TOO_LARGE = -3,     /* more than the offsets of a record can say */
} Encoded;

/* Sets the exception that belongs to a failure; returns -1. */
int encoded_error(Encoded why);

typedef struct {
    uint64_t offset;
    uint32_t documents, occurrences;
} TermInfo;

/* Places are taken so many at a time. */
#define WINDOW 1024

/* The records of one field. `postings` and `positions` may be emptied between records, by
   encoder_taken; `norms` is NULL or holds a byte a document. */
typedef struct {
    int kind;
    const uint8_t *norms;
    uint32_t docs;
    Bytes postings, positions;
    uint64_t postings_taken, positions_taken;
    /* The record in hand. */
    uint32_t document[BLOCK + WINDOW], tf[BLOCK + WINDOW], held; /* between two calls: up to a block */
    uint32_t last, block_last; /* documents; UINT32_MAX before the first */
    uint32_t documents;
    uint64_t occurrences, positions_start;
    Bytes values; /* u32: the position values of the postings held */
    Bytes skips, blocks;
} Encoder;

void encoder_open(Encoder *encoder, int kind, const uint8_t *norms, uint32_t docs);
void encoder_close(Encoder *encoder);
void encoder_begin(Encoder *encoder);
/* Adds a posting. For POSITIONS *values is set to where the caller then writes tf numbers: the
   first position, then differences. For EXISTENCE tf must be 1. */
Encoded encoder_add(Encoder *encoder, uint32_t document, uint32_t tf, uint32_t **values);
/* A run of places: the document that they are of, and the position of the first. */
typedef struct {
    uint32_t document, first;
} Part;
/* What places are of: the part that the bits above `bits` number; the lower bits count on from the part's
   first position. */
typedef struct {
    const Part *parts;
    int bits, is_whole; /* is_whole: no document has two parts */
} Layout;
/* Adds the postings of ascending places to a record of POSITIONS. The caller has checked that documents
   ascend with the parts and are of the segment, and that those of a document follow. */
Encoded encoder_add_places(Encoder *encoder, const uint32_t *places, size_t count, const Layout *layout);
/* Ends the record (at least one posting). */
Encoded encoder_end(Encoder *encoder, TermInfo *info);
/* Forgets the bytes of postings (or positions) that the caller has put elsewhere. */
void encoder_taken(Encoder *encoder, Bytes *part);

#endif
