/* Where a text is cut: the boundaries of the pattern `_WORD` of indexer/french/analysis.py.
 *
 * The classes of characters are CPython's own, as the module `re` uses them. The pattern needs no
 * backtracking: each of its repetitions either must go on as far as it can, or (a group of digits
 * that runs into a word) gives back exactly one turn.
 */
#ifndef SCAN_H
#define SCAN_H

#include "kernel.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

/* Characters that are visible and composed whatever stands beside them, among the usual ones. */
static inline int is_plain(Py_UCS4 character) {
    return (character < 0x80) | ((character >= 0xa0) & (character < 0x300) & (character != 0xad)) |
           ((character >= 0x2010) & (character < 0x2060)) | (character == 0x20ac);
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

typedef uint8_t bytes_16 __attribute__((vector_size(16)));
typedef uint16_t pairs_8 __attribute__((vector_size(16)));

/* U+2019 as `apostrophe`, and others beyond Latin-1 as `other`. */
ALWAYS_INLINE pairs_8 narrow_8(const uint16_t *characters, uint8_t apostrophe, uint8_t other) {
    pairs_8 pairs;
    memcpy(&pairs, characters, sizeof pairs);
    pairs ^= (pairs_8)(pairs == 0x2019) & (uint16_t)(0x2019 ^ apostrophe);
    pairs_8 latin = (pairs_8)(pairs >> 8 == 0);
    return (pairs & latin) | (~latin & other);
}

/* Numbers below 256 as bytes. */
ALWAYS_INLINE bytes_16 packed_16(pairs_8 low, pairs_8 high) {
#ifdef __SSE2__
    return (bytes_16)_mm_packus_epi16((__m128i)low, (__m128i)high);
#else
    bytes_16 bytes;
    for (int at = 0; at < 8; at++) bytes[at] = (uint8_t)low[at], bytes[at + 8] = (uint8_t)high[at];
    return bytes;
#endif
}

/* Sixteen characters as bytes, those beyond Latin-1 as above. */
ALWAYS_INLINE bytes_16 narrow_16(int kind, const void *data, Py_ssize_t start, uint8_t apostrophe, uint8_t other) {
    bytes_16 bytes;
    if (kind == 2) {
        const uint16_t *pairs = (const uint16_t *)data + start;
        return packed_16(narrow_8(pairs, apostrophe, other), narrow_8(pairs + 8, apostrophe, other));
    }
    if (kind == 1) {
        memcpy(&bytes, (const uint8_t *)data + start, 16);
        return bytes;
    }
    for (int at = 0; at < 16; at++) {
        Py_UCS4 character = READ(start + at);
        bytes[at] = character < 256 ? (uint8_t)character : character == 0x2019 ? apostrophe : other;
    }
    return bytes;
}

/* Writes the characters of a surface as its key, one by one. */
ALWAYS_INLINE void scan_key_slowly(int kind, const void *data, Surface *surface) {
    Py_ssize_t count = surface->end - surface->start;
    for (Py_ssize_t at = 0; at < count; at++) {
        Py_UCS4 character = READ(surface->start + at);
        uint8_t code = character < 256 ? (uint8_t)character : scan_code(character);
        if (!code) surface->narrow = 0;
        surface->key.bytes[at] = code;
    }
    memset(surface->key.bytes + count, 0, 16 - (count & 15));
}

/* Of the last sixteen bytes of a key, those that are characters: from 16 - their number on. */
extern const uint8_t scan_key_mask[32];

/* Writes the key of a surface; `is_far`: it may have characters beyond Latin-1 other than U+2019. */
ALWAYS_INLINE void scan_key(int kind, const void *data, Py_ssize_t length, Surface *surface, int is_far) {
    Py_ssize_t count = surface->end - surface->start, last = (count - 1) & ~(Py_ssize_t)15;
    surface->narrow = count <= MAX_KEY;
    if (!surface->narrow) return;
    if (is_far || length - surface->start < last + 16) {
        scan_key_slowly(kind, data, surface);
        return;
    }
    bytes_16 bytes, mask;
    for (Py_ssize_t at = 0; at < last; at += 16) {
        bytes = narrow_16(kind, data, surface->start + at, APOSTROPHE_2019, 0);
        memcpy(surface->key.bytes + at, &bytes, 16);
    }
    memcpy(&mask, scan_key_mask + 16 - (count - last), 16);
    bytes = narrow_16(kind, data, surface->start + last, APOSTROPHE_2019, 0) & mask;
    memcpy(surface->key.bytes + last, &bytes, 16);
}

/* Reads the surface that begins at `start`, a BASE character. */
ALWAYS_INLINE void scan_surface(int kind, const void *data, Py_ssize_t length, Py_ssize_t start, Surface *surface) {
    Py_ssize_t at = CLASS(start) & DIGIT ? scan_number(kind, data, length, start) : 0;
    surface->start = start;
    surface->number = at != 0;
    for (at = at ? at : start + 1; !surface->number && at < length; at++) {
        uint8_t class = CLASS(at);
        if (!(class & (BASE | MARK)) && !scan_joins(kind, data, length, at, class)) break;
    }
    surface->end = at;
    scan_key(kind, data, length, surface, 1);
}

/* Where a text may have surfaces: from edges[0] up to edges[1], from edges[2] up to edges[3], and so on
 * stand characters that join, the first of each run BASE. A run is one surface where it does not begin
 * with grouped digits, which may end within it or in a later one. */
typedef struct {
    uint32_t *edges;
    size_t count;  /* of edges */
    uint64_t *far; /* a bit a character: beyond Latin-1, and not U+2019; a zero behind */
    int plain;     /* nothing of the text can need normalising (see normal.c) */
    size_t room;   /* characters of the longest text that there is memory for */
} Marks;

/* Marks a text of fewer than 2**32 - 1 characters, `marks` being that of another text or zeros: 0, or -1
 * where there is no memory. Needs no GIL. */
int marks_fill(Marks *marks, int kind, const void *data, Py_ssize_t length);
void marks_free(Marks *marks);

/* Whether a surface of at most MAX_KEY characters has one that is far. */
ALWAYS_INLINE int marks_far(int kind, const Marks *marks, Py_ssize_t start, Py_ssize_t end) {
    if (kind == 1) return 0;
    int shift = (int)(start % 64);
    uint64_t bits = marks->far[start / 64] >> shift | marks->far[start / 64 + 1] << 1 << (63 - shift);
    return end - start < 64 ? (bits & (((uint64_t)1 << (end - start)) - 1)) != 0 : bits != 0;
}

/* Ends the surface of the run at edges[at] where grouped digits begin it. The runs that they reach into
 * are passed over or begin behind them: the edge at which the next one begins. */
ALWAYS_INLINE size_t marks_number(int kind, const void *data, Py_ssize_t length, Marks *marks, size_t at,
                                  Surface *surface) {
    Py_ssize_t end = scan_number(kind, data, length, surface->start);
    if (!end) return at + 2;
    surface->number = 1;
    surface->end = end;
    while (at < marks->count && marks->edges[at + 1] <= end) at += 2;
    if (at == marks->count || marks->edges[at] >= end) return at;
    while (end < marks->edges[at + 1] && !(CLASS(end) & BASE)) end++;
    marks->edges[at] = (uint32_t)end;
    return end == marks->edges[at + 1] ? at + 2 : at;
}

/* Reads the surface of the run at edges[at]: the edge at which the next one begins. */
ALWAYS_INLINE size_t marks_surface(int kind, const void *data, Py_ssize_t length, Marks *marks, size_t at,
                                   Surface *surface) {
    surface->start = marks->edges[at];
    surface->end = marks->edges[at + 1];
    surface->number = 0;
    size_t next = CLASS(surface->start) & DIGIT ? marks_number(kind, data, length, marks, at, surface) : at + 2;
    scan_key(kind, data, length, surface, marks_far(kind, marks, surface->start, surface->end));
    return next;
}

#endif
