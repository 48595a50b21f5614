/* What the parts of the extension share: registration, errors, small integers. */
#ifndef KERNEL_H
#define KERNEL_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "files are little-endian and read as they are: elsewhere plain Python serves"
#endif

/* Each part adds its types and functions to the module: 0, or -1 with an exception set. */
int register_segment(PyObject *module); /* segment.c: a mapped segment, term lookup, postings */
int register_search(PyObject *module);  /* search.c: plans, scores, top hits, facets */
int register_text(PyObject *module);    /* text.c: Lexicon: words of texts, interned */
int register_passages(PyObject *module);/* passages.c: marks and extracts */
int register_encode(PyObject *module);  /* encode.c: posting records, inversion */
int register_merge(PyObject *module);   /* merge.c: segments into one */
int register_fingerprint(PyObject *module); /* fingerprint.c: what a text is known by */
int register_lines(PyObject *module);   /* lines.c: lines of the corpus */
int register_json_texts(PyObject *module); /* json_texts.c: texts of JSON */
int register_definitions(PyObject *module); /* definitions.c: acronyms that texts define */
int register_column_rows(PyObject *module); /* column_rows.c: values of columns in rows */
int register_column_ranks(PyObject *module); /* column_ranks.c: the order of values of segments */
int register_families(PyObject *module); /* families.c: texts that are nearly the same */
int register_stem(PyObject *module);    /* stem.c: stems of words */
int register_columns(PyObject *module);     /* columns.c: columns of a segment in the making */
int register_crc(PyObject *module);         /* crc.c: checksums */
int register_frequencies(PyObject *module); /* frequencies.c: in how many documents a term stands */

/* Raised (a ValueError) where a file is not what it should be; made in module.c. */
extern PyObject *Damaged;

static inline uint32_t load_u32(const uint8_t *at) {
    uint32_t value;
    memcpy(&value, at, 4);
    return value;
}

static inline uint64_t load_u64(const uint8_t *at) {
    uint64_t value;
    memcpy(&value, at, 8);
    return value;
}

/* The code of a document in a column whose codes have 1, 2 or 4 bytes. */
static inline uint32_t load_code(const uint8_t *codes, size_t doc, Py_ssize_t width) {
    if (width == 1) return codes[doc];
    if (width == 4) return load_u32(codes + 4 * doc);
    uint16_t code;
    memcpy(&code, codes + 2 * doc, 2);
    return code;
}

/* Reads a VARINT of at most 32 bits; NULL where it is cut short or too large. */
static inline const uint8_t *read_varint(const uint8_t *at, const uint8_t *end, uint32_t *value) {
    uint32_t result = 0;
    for (int shift = 0; shift < 35; shift += 7) {
        if (at >= end) return NULL;
        uint8_t byte = *at++;
        if (shift == 28 && byte > 15) return NULL;
        result |= (uint32_t)(byte & 127) << shift;
        if (byte < 128) {
            *value = result;
            return at;
        }
    }
    return NULL;
}

static inline int bits_of(uint32_t value) {
    return value ? 32 - __builtin_clz(value) : 0;
}

/* Without the processor's own instruction, which a plain build must not rely on, the compiler
   calls a function; this is inlined. */
static inline uint32_t popcount64(uint64_t x) {
#if defined(__POPCNT__) || defined(__aarch64__)
    return (uint32_t)__builtin_popcountll(x);
#else
    x -= (x >> 1) & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return (uint32_t)((x * 0x0101010101010101u) >> 56);
#endif
}

/* The first place of ascending numbers where one is not below the given; n where none is. */
static inline uint32_t first_not_before(const uint32_t *numbers, uint32_t n, uint32_t number) {
    const uint32_t *base = numbers;
    while (n > 1) {
        uint32_t half = n / 2;
        base += (base[half - 1] < number) ? half : 0;
        n -= half;
    }
    return (uint32_t)(base - numbers) + (n == 1 && *base < number);
}

#define BLOCK 128
#define SKIP_ENTRY 20
#define LONG_HEADER 16
#define MAX_DOCS (1u << 24)
#define FOLDED 0x250 /* characters of a folding table, two letters each */

#endif
