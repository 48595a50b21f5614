/* Texts read 64 characters at a time: which of them may stand in words, and where their runs begin and end. */
#include "scan.h"

/* Of 64 characters, a bit each. */
typedef struct {
    uint64_t base, joins, points;
    uint64_t odd; /* neither ASCII nor the letters behind U+00C0 nor U+2019: to be looked at */
} Block;

/* The highest bits of sixteen bytes. */
static inline uint64_t high_bits(bytes_16 bytes) {
#ifdef __SSE2__
    return (uint64_t)_mm_movemask_epi8((__m128i)bytes);
#else
    uint64_t halves[2]; /* little-endian */
    memcpy(halves, &bytes, sizeof halves);
    for (int half = 0; half < 2; half++)
        halves[half] = (halves[half] >> 7 & 0x0101010101010101u) * 0x0102040810204080u >> 56;
    return halves[0] | halves[1] << 8;
#endif
}

/* The same as scan_class() tells, of the characters that are not odd. */
ALWAYS_INLINE void read_16(bytes_16 c, int at, Block *block) {
    bytes_16 letters = (bytes_16)((c | 0x20) - 'a' < 26) | (bytes_16)(c - '0' < 10) |
                       ((bytes_16)(c >= 0xc0) & (bytes_16)((c | 0x20) != 0xf7));
    block->base |= high_bits(letters) << at;
    block->joins |= high_bits((bytes_16)(c == '\'') | (bytes_16)(c == '-') | (bytes_16)(c == '`')) << at;
    block->points |= high_bits((bytes_16)((c & 0xfd) == ',')) << at;
    block->odd |= high_bits((bytes_16)((c & 0xc0) == 0x80)) << at;
}

ALWAYS_INLINE Block read_block(int kind, const void *data, Py_ssize_t start) {
    Block block = {0};
    for (int at = 0; at < 64; at += 16) read_16(narrow_16(kind, data, start + at, '\'', 0x80), at, &block);
    return block;
}

/* The last characters of a text, with zeros behind them. */
ALWAYS_INLINE Block read_last_block(int kind, const void *data, Py_ssize_t start, Py_ssize_t length) {
    uint32_t last[64] = {0};
    memcpy(last, (const char *)data + start * kind, (size_t)((length - start) * kind));
    return read_block(kind, last, 0);
}

/* Looks at the odd characters; those that are far, whether there is a MARK, whether all are plain. */
ALWAYS_INLINE uint64_t read_odd(int kind, const void *data, Py_ssize_t start, Block *block, uint8_t *classes,
                                int *plain) {
    uint64_t far = 0;
    for (uint64_t odd = block->odd; odd; odd &= odd - 1) {
        uint64_t bit = odd & -odd;
        Py_UCS4 character = READ(start + __builtin_ctzll(odd));
        uint8_t class = scan_class(character);
        if (class & BASE) block->base |= bit;
        if (class & JOIN) block->joins |= bit;
        if (character > 255) far |= bit;
        *classes |= class;
        *plain &= is_plain(character);
    }
    return far;
}

/* The characters that are in runs; `inside`: the one before is. */
ALWAYS_INLINE uint64_t runs_of(int kind, const void *data, Py_ssize_t length, Py_ssize_t start, const Block *block,
                               uint64_t inside) {
    uint64_t next = start + 64 < length && CLASS(start + 64) & BASE;
    uint64_t between = (block->base << 1 | inside) & (block->base >> 1 | next << 63);
    uint64_t runs = block->base | (block->joins & between);
    for (uint64_t points = block->points & between; points; points &= points - 1) {
        Py_ssize_t at = start + __builtin_ctzll(points);
        if (scan_joins(kind, data, length, at, CLASS(at))) runs |= points & -points;
    }
    return runs;
}

/* The same, where there are MARKs: one character after the other. */
static uint64_t runs_with_marks(int kind, const void *data, Py_ssize_t length, Py_ssize_t start, uint64_t inside) {
    uint64_t runs = 0;
    for (int at = 0; at < 64 && start + at < length; at++) {
        uint8_t class = CLASS(start + at);
        inside = class & BASE || (inside && (class & MARK || scan_joins(kind, data, length, start + at, class)));
        runs |= inside << at;
    }
    return runs;
}

ALWAYS_INLINE void fill(Marks *marks, int kind, const void *data, Py_ssize_t length) {
    uint64_t inside = 0;
    uint32_t *edge = marks->edges;
    int plain = 1;
    for (Py_ssize_t start = 0; start < length; start += 64) {
        uint8_t classes = 0;
        Block block = length - start < 64 ? read_last_block(kind, data, start, length)
                                          : read_block(kind, data, start);
        uint64_t far = read_odd(kind, data, start, &block, &classes, &plain);
        if (kind > 1) marks->far[start / 64] = far;
        uint64_t runs = classes & MARK ? runs_with_marks(kind, data, length, start, inside)
                                       : runs_of(kind, data, length, start, &block, inside);
        for (uint64_t edges = runs ^ (runs << 1 | inside); edges; edges &= edges - 1)
            *edge++ = (uint32_t)start + (uint32_t)__builtin_ctzll(edges);
        inside = runs >> 63;
    }
    if (inside) *edge++ = (uint32_t)length;
    marks->far[(length + 63) / 64] = 0;
    marks->count = (size_t)(edge - marks->edges);
    marks->plain = plain;
}

/* Room for an edge a character, one more, and the far ones. */
static int reserve(Marks *marks, size_t length) {
    if (marks->far && length <= marks->room) return 0;
    size_t blocks = length / 64 + 2;
    marks_free(marks);
    if (length > SIZE_MAX / 8) return -1;
    marks->far = PyMem_RawMalloc(blocks * sizeof *marks->far + (length + 1) * sizeof *marks->edges);
    if (!marks->far) return -1;
    marks->edges = (uint32_t *)(void *)(marks->far + blocks);
    marks->room = length;
    return 0;
}

int marks_fill(Marks *marks, int kind, const void *data, Py_ssize_t length) {
    if (reserve(marks, (size_t)length) < 0) return -1;
    switch (kind) {
    case PyUnicode_1BYTE_KIND: fill(marks, PyUnicode_1BYTE_KIND, data, length); break;
    case PyUnicode_2BYTE_KIND: fill(marks, PyUnicode_2BYTE_KIND, data, length); break;
    default: fill(marks, PyUnicode_4BYTE_KIND, data, length);
    }
    return 0;
}

void marks_free(Marks *marks) {
    PyMem_RawFree(marks->far);
    *marks = (Marks){0};
}
