/* Where a text is cut: the boundaries of the pattern `_WORD` of indexer/french/analysis.py.
 *
 * The classes of characters are CPython's own, as the module `re` uses them. The pattern needs no
 * backtracking: each of its repetitions either must go on as far as it can, or (a group of digits
 * that runs into a word) gives back exactly one turn.
 */
#ifndef SCAN_H
#define SCAN_H

#include "kernel.h"

enum {
    BASE = 1,     /* [^\W_ʼ]: may stand in a word */
    MARK = 2,     /* [\u0300-\u036f]: joins the character before */
    DIGIT = 4,    /* \d */
    JOIN = 8,     /* an apostrophe or a hyphen */
    POINT = 16,   /* . and , */
    WORD = 32,    /* \w */
    SIMPLE = 64,  /* Latin-1, in a word, one Latin-1 character in lower case, no ligature */
    SPACING = 128 /* the spaces that group digits */
};

#define MAX_KEY 64
#define APOSTROPHE_2019 0x80

/* Of the characters of the first plane, and the lower case of the SIMPLE ones. */
extern uint8_t scan_classes[0x10000];
extern uint8_t scan_lower[256];

/* Fills both: 0, or -1 with an exception. */
int scan_start(void);

/* A surface: a match of the pattern. `key` stands for it in the table of surfaces: one byte a
 * character, those beyond Latin-1 that are common in French taking the places of C1 controls, which
 * no surface contains. It is padded with zeros to 16 bytes. `narrow` tells that there is a key. */
typedef struct {
    Py_ssize_t start, end;
    int narrow, number;
    union {
        uint8_t bytes[MAX_KEY + 16];
        uint64_t units[MAX_KEY / 8 + 2];
    } key;
} Surface;

/* The byte that stands for a character beyond Latin-1, 0 for none. */
static inline uint8_t scan_code(Py_UCS4 character) {
    switch (character) {
    case 0x2019: return APOSTROPHE_2019;
    case 0x2018: return 0x81;
    case 0x02bc: return 0x82;
    case 0x2010: return 0x83;
    case 0x2011: return 0x84;
    case 0x202f: return 0x85;
    case 0x2009: return 0x86;
    case 0x0153: return 0x87;
    case 0x0152: return 0x88;
    default: return 0;
    }
}

static inline int is_apostrophe(uint8_t key) {
    return key == '\'' || key == '`' || key == 0xb4 || (key >= APOSTROPHE_2019 && key <= 0x82);
}

static inline uint8_t scan_class(Py_UCS4 character) {
    if (character < 0x10000) return scan_classes[character];
    uint8_t class = Py_UNICODE_ISALNUM(character) ? BASE | WORD : 0;
    return Py_UNICODE_ISDECIMAL(character) ? class | DIGIT : class;
}

/* The place of the next character that is a given one of ASCII, `length` where there is none. */
static inline Py_ssize_t scan_next(int kind, const void *data, Py_ssize_t length, Py_ssize_t at, char wanted) {
    const char *bytes = data;
    while (at < length) {
        const char *found = memchr(bytes + at * kind, wanted, (size_t)((length - at) * kind));
        if (!found) return length;
        at = (found - bytes) / kind;
        if (PyUnicode_READ(kind, data, at) == (Py_UCS4)wanted) return at;
        at++; /* a byte of another character */
    }
    return length;
}

#define READ(at) PyUnicode_READ(kind, data, at)
#define CLASS(at) scan_class(READ(at))
#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* The end of the first alternative, grouped digits, or 0 where it does not match. */
ALWAYS_INLINE Py_ssize_t scan_number(int kind, const void *data, Py_ssize_t length, Py_ssize_t start) {
    if (start && CLASS(start - 1) & (WORD | POINT)) return 0;
    Py_ssize_t end = start + 1, groups = 0;
    while (end < length && end < start + 4 && CLASS(end) & DIGIT) end++;
    if (end > start + 3) return 0;
    while (length - end > 3 && CLASS(end) & SPACING && CLASS(end + 1) & CLASS(end + 2) & CLASS(end + 3) & DIGIT) {
        end += 4;
        groups++;
    }
    if (!groups) return 0;
    if (end < length && READ(end) == ',') {
        Py_ssize_t decimals = end + 1;
        while (decimals < length && CLASS(decimals) & DIGIT) decimals++;
        int whole = decimals > end + 1 && (decimals == length || !(CLASS(decimals) & WORD));
        return whole ? decimals : end;
    }
    if (end == length || !(CLASS(end) & WORD)) return end;
    return groups > 1 ? end - 4 : 0;
}

/* Whether the character at `at`, after one of a word, joins it to the next. */
ALWAYS_INLINE int scan_joins(int kind, const void *data, Py_ssize_t length, Py_ssize_t at, uint8_t class) {
    if (!(class & (JOIN | POINT)) || at + 1 >= length) return 0;
    uint8_t next = CLASS(at + 1);
    if (!(next & BASE)) return 0;
    if (class & JOIN) return 1;
    uint8_t before = CLASS(at - 1);
    if (before & next & DIGIT) return 1;
    return READ(at) == '.' && before & BASE && !((before | next) & DIGIT);
}

/* Writes the characters of a surface as its key, one by one. */
ALWAYS_INLINE void scan_key(int kind, const void *data, Surface *surface) {
    Py_ssize_t count = surface->end - surface->start;
    surface->narrow = count <= MAX_KEY;
    if (!surface->narrow) return;
    for (Py_ssize_t at = 0; at < count; at++) {
        Py_UCS4 character = READ(surface->start + at);
        uint8_t code = character < 256 ? (uint8_t)character : scan_code(character);
        if (!code) surface->narrow = 0;
        surface->key.bytes[at] = code;
    }
    memset(surface->key.bytes + count, 0, 16 - (count & 15));
}

typedef uint8_t bytes_16 __attribute__((vector_size(16)));
typedef uint16_t pairs_16 __attribute__((vector_size(32)));

/* Sixteen characters as bytes, of each its low one. */
ALWAYS_INLINE void low_bytes(int kind, const void *data, Py_ssize_t start, uint8_t *out) {
    if (kind == 1) {
        memcpy(out, (const uint8_t *)data + start, 16);
    } else if (kind == 2) {
        pairs_16 pairs;
        memcpy(&pairs, (const uint16_t *)data + start, sizeof pairs);
        bytes_16 bytes = __builtin_convertvector(pairs, bytes_16);
        memcpy(out, &bytes, 16);
    } else {
        for (int at = 0; at < 16; at++) out[at] = (uint8_t)READ(start + at);
    }
}

/* Sixteen characters at once, none of those of the surface beyond Latin-1. */
ALWAYS_INLINE void scan_short_key(int kind, const void *data, Surface *surface) {
    low_bytes(kind, data, surface->start, surface->key.bytes);
    /* Integers are little-endian here: the bytes beyond the last of the key are the high ones. */
    Py_ssize_t bits = (surface->end - surface->start) * 8;
    surface->key.units[0] &= bits < 64 ? ((uint64_t)1 << bits) - 1 : UINT64_MAX;
    surface->key.units[1] &= bits <= 64 ? 0 : bits < 128 ? ((uint64_t)1 << (bits - 64)) - 1 : UINT64_MAX;
    surface->narrow = 1;
}

/* Which characters of a text are BASE, and which are beyond Latin-1: a bit each, and a zero behind. */
#define FEW_BLOCKS 64
typedef struct {
    uint64_t *base, *wide;
    uint64_t few[2 * FEW_BLOCKS];
} Marks;

/* Makes room for the marks of a text: 0, or -1 where there is no memory. Needs no GIL. */
int marks_open(Marks *marks, Py_ssize_t length);
void marks_close(Marks *marks);

/* The lowest bit of eight bytes, as the bits of one. */
ALWAYS_INLINE uint64_t low_bits(const uint8_t *bytes) {
    uint64_t word; /* little-endian */
    memcpy(&word, bytes, 8);
    return (word & 0x0101010101010101u) * 0x0102040810204080u >> 56;
}

/* Eight characters at a time; those behind the last are not read, and marked as nothing. */
ALWAYS_INLINE void mark_block(int kind, const void *data, Py_ssize_t start, int count, uint64_t *base,
                              uint64_t *wide) {
    uint64_t all_base = 0, all_wide = 0;
    for (int at = 0; at < count; at += 8) {
        uint8_t classes[8] = {0}, beyond[8] = {0};
        int some = count - at < 8 ? count - at : 8;
        for (int i = 0; i < some; i++) {
            Py_UCS4 character = READ(start + at + i);
            classes[i] = scan_class(character);
            beyond[i] = character > 255;
        }
        all_base |= low_bits(classes) << at;
        if (kind > 1) all_wide |= low_bits(beyond) << at;
    }
    *base = all_base;
    *wide = all_wide;
}

ALWAYS_INLINE void mark_text(int kind, const void *data, Py_ssize_t length, Marks *marks) {
    Py_ssize_t block = 0, whole = length / 64;
    for (; block < whole; block++) mark_block(kind, data, block * 64, 64, marks->base + block, marks->wide + block);
    mark_block(kind, data, block * 64, (int)(length % 64), marks->base + block, marks->wide + block);
}

/* The next BASE character from `at` on, which is inside the text, or the end. */
ALWAYS_INLINE Py_ssize_t next_base(const Marks *marks, Py_ssize_t at, Py_ssize_t length) {
    uint64_t bits = marks->base[at / 64] >> at % 64;
    if (bits) return at + __builtin_ctzll(bits);
    for (Py_ssize_t block = at / 64 + 1; block <= length / 64; block++)
        if (marks->base[block]) return block * 64 + __builtin_ctzll(marks->base[block]);
    return length;
}

/* The next character from `at` on that is not BASE, or the end; without marks they are looked at. */
ALWAYS_INLINE Py_ssize_t next_other(int kind, const void *data, Py_ssize_t length, Py_ssize_t at,
                                    const Marks *marks) {
    if (!marks) {
        while (at < length && CLASS(at) & BASE) at++;
        return at;
    }
    if (at >= length) return length;
    uint64_t bits = ~marks->base[at / 64] >> at % 64;
    if (bits) return at + __builtin_ctzll(bits);
    Py_ssize_t block = at / 64 + 1; /* the zero behind ends it */
    while (!~marks->base[block]) block++;
    return block * 64 + __builtin_ctzll(~marks->base[block]);
}

/* Whether one of at most 16 characters from `start` on is beyond Latin-1. */
ALWAYS_INLINE int has_wide(int kind, const void *data, Py_ssize_t start, Py_ssize_t end, const Marks *marks) {
    if (kind == 1) return 0;
    if (!marks) {
        Py_UCS4 seen = 0;
        for (Py_ssize_t at = start; at < end; at++) seen |= READ(at);
        return seen > 255;
    }
    uint64_t bits = marks->wide[start / 64] >> start % 64;
    if (start % 64) bits |= marks->wide[start / 64 + 1] << (64 - start % 64);
    return (bits & (((uint64_t)1 << (end - start)) - 1)) != 0;
}

/* Reads the surface that begins at `start`, a BASE character; `marks` are those of the text, or NULL. */
ALWAYS_INLINE void scan_surface(int kind, const void *data, Py_ssize_t length, Py_ssize_t start,
                                const Marks *marks, Surface *surface) {
    surface->start = start;
    surface->number = 0;
    if (CLASS(start) & DIGIT && (surface->end = scan_number(kind, data, length, start))) {
        surface->number = 1;
        scan_key(kind, data, surface);
        return;
    }
    Py_ssize_t at = next_other(kind, data, length, start + 1, marks);
    while (at < length) {
        uint8_t class = CLASS(at);
        if (!(class & MARK) && !scan_joins(kind, data, length, at, class)) break;
        at = next_other(kind, data, length, at + 1, marks);
    }
    surface->end = at;
    if (at - start <= 16 && length - start >= 16 && !has_wide(kind, data, start, at, marks))
        scan_short_key(kind, data, surface);
    else
        scan_key(kind, data, surface);
}

#endif
