/* What the postings that an encoder holds are written as. The ints: 0, or -1 where there is no memory. */
#ifndef ENCODE_BLOCK_H
#define ENCODE_BLOCK_H

#include "encode.h"

static inline void put_varint(Bytes *bytes, uint32_t value) { /* 5 bytes of room must be there */
    while (value > 127) {
        bytes->data[bytes->size++] = (uint8_t)(value | 128);
        value >>= 7;
    }
    bytes->data[bytes->size++] = (uint8_t)value;
}

/* Writes the four impacts of the postings, 8 bytes. */
void encoder_put_impacts(const Encoder *encoder, uint8_t *out);
/* Appends the run of the postings: gaps and frequencies; or a block of 128, packed. */
int encoder_put_run(const Encoder *encoder, Bytes *out);
int encoder_put_full_block(const Encoder *encoder, Bytes *out);
/* Appends their positions, in groups of 32. */
int encoder_put_groups(const Encoder *encoder, Bytes *out);

#endif
