/* A growing run of bytes. */
#ifndef BYTES_H
#define BYTES_H

#include "kernel.h"

typedef struct {
    uint8_t *data;
    size_t size, room;
} Bytes;

/* These need no GIL. The ints: 0, or -1 where there is no memory. */
int bytes_grow(Bytes *bytes, size_t more);
int bytes_append(Bytes *bytes, const void *data, size_t size);
/* Makes room for about so many bytes in all, in large pages; what is not used takes no memory. */
int bytes_expect(Bytes *bytes, size_t size);
void bytes_free(Bytes *bytes);

/* Makes room for `more` bytes behind the end. */
static inline int bytes_reserve(Bytes *bytes, size_t more) {
    return more <= bytes->room - bytes->size ? 0 : bytes_grow(bytes, more);
}

static inline void bytes_u32(Bytes *bytes, uint32_t value) { /* room must be there */
    memcpy(bytes->data + bytes->size, &value, 4);
    bytes->size += 4;
}

/* With the GIL: a copy; and a memoryview which takes the bytes, that are none afterwards. Or NULL. */
PyObject *bytes_object(const Bytes *bytes);
PyObject *bytes_view(Bytes *bytes);
int register_bytes(PyObject *module);

#endif
