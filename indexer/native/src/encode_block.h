/* What the postings that an encoder holds are written as. The ints: 0, or -1 where there is no memory. */
#ifndef ENCODE_BLOCK_H
#define ENCODE_BLOCK_H

#include "encode.h"

/* Postings on their way out: documents, how often each, and the position values of all of them. */
typedef struct {
    const uint32_t *documents, *tfs, *values;
    uint32_t count, before; /* before: the document before the first, UINT32_MAX for none */
    size_t value_count;
} Run;

static inline uint8_t *put_varint(uint8_t *out, uint32_t value) { /* up to 5 bytes; returns their end */
    while (value > 127) {
        *out++ = (uint8_t)(value | 128);
        value >>= 7;
    }
    *out++ = (uint8_t)value;
    return out;
}

/* Writes the four impacts of a block, 8 bytes; norms: a byte a document, or NULL. */
void run_put_impacts(const Run *run, const uint8_t *norms, uint8_t *out);
/* Appends gaps and frequencies: as they come, or those of a full block, packed. */
int run_put(const Run *run, Bytes *out);
int run_put_packed(const Run *run, Bytes *out);
/* Appends the positions: each as it is, or in groups of 32. */
int run_put_values(const Run *run, Bytes *out);
int run_put_groups(const Run *run, Bytes *out);

#endif
