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

/* Writes up to 5 bytes where 8 may be written, without asking how many; returns their end. */
static inline uint8_t *put_varint(uint8_t *out, uint32_t value) {
    uint64_t wide = value, more = (uint64_t)(31 - __builtin_clz(value | 1)) / 7;
    wide = (wide & 0x7f) | (wide & 0x3f80) << 1 | (wide & 0x1fc000) << 2 | (wide & 0xfe00000) << 3 |
           (wide & 0xf0000000) << 4;
    wide |= 0x8080808080u & ((1ull << 8 * more) - 1);
    memcpy(out, &wide, 8);
    return out + more + 1;
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
