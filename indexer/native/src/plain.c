/* Surfaces that are read without Python: Latin-1 letters and digits, also with apostrophes, hyphens
 * and decimal commas. `surface_words` of indexer/french/cutting.py says the rules. */
#include "lexicon.h"

/* The word that these lower-case Latin-1 characters are; NO_WORD with an exception. */
static uint32_t latin_word(Lexicon *self, const uint8_t *latin, size_t count) {
    char utf8[2 * MAX_KEY];
    size_t length = 0;
    for (size_t at = 0; at < count; at++) {
        if (latin[at] < 0x80) {
            utf8[length++] = (char)latin[at];
        } else {
            utf8[length++] = (char)(0xc0 | latin[at] >> 6);
            utf8[length++] = (char)(0x80 | (latin[at] & 0x3f));
        }
    }
    return words_intern(&self->words, utf8, length);
}

static int set_holds(PyObject *set, const uint8_t *latin, size_t count) {
    PyObject *word = PyUnicode_FromKindAndData(PyUnicode_1BYTE_KIND, latin, (Py_ssize_t)count);
    if (!word) return -1;
    int holds = PySet_Contains(set, word);
    Py_DECREF(word);
    return holds;
}

/* Where the word of a piece begins: after an elided article; -1 with an exception. */
static int after_elision(Lexicon *self, const uint8_t *exact, size_t count) {
    const uint8_t *apostrophe = memchr(exact, '\'', count);
    if (!apostrophe) return 0;
    int whole = set_holds(self->whole_words, exact, count);
    if (whole) return whole < 0 ? -1 : 0;
    size_t before = (size_t)(apostrophe - exact);
    int elided = set_holds(self->elisions, exact, before);
    return elided < 0 ? -1 : elided ? (int)before + 1 : 0;
}

/* Grouped digits: all but the spaces. */
static int read_number(Lexicon *self, const uint8_t *key, size_t count, LexToken *parts) {
    uint8_t digits[MAX_KEY];
    size_t kept = 0;
    for (size_t at = 0; at < count; at++) {
        if ((key[at] >= '0' && key[at] <= '9') || key[at] == ',') digits[kept++] = key[at];
    }
    parts[0] = (LexToken){latin_word(self, digits, kept), 0, 0, (uint32_t)count, 0};
    return parts[0].word == NO_WORD ? -1 : 1;
}

static int is_hyphen(uint8_t key) {
    return key == '-' || key == 0x83 || key == 0x84;
}

/* The exact form of a whole surface, hyphens as '-': 1, or 0 where it is not plain. */
static int lower_all(const uint8_t *key, size_t count, uint8_t *exact) {
    for (size_t at = 0; at < count; at++) {
        if (scan_classes[key[at]] & SIMPLE) exact[at] = scan_lower[key[at]];
        else if (is_apostrophe(key[at])) exact[at] = '\'';
        else if (is_hyphen(key[at])) exact[at] = '-';
        else if (key[at] == ',') exact[at] = ',';
        else return 0;
    }
    return 1;
}

/* Reads the pieces between hyphens, each one word, from parts[1] on; writes the whole without
 * hyphens and articles: the number of pieces, or -1. */
static int read_pieces(Lexicon *self, const uint8_t *exact, size_t count, LexToken *parts, uint8_t *whole,
                       size_t *whole_count) {
    int pieces = 0;
    *whole_count = 0;
    for (size_t start = 0, end; start < count; start = end + 1) {
        for (end = start; end < count && exact[end] != '-'; end++) {}
        int after = after_elision(self, exact + start, end - start);
        if (after < 0) return -1;
        start += (size_t)after;
        uint32_t word = latin_word(self, exact + start, end - start);
        if (word == NO_WORD) return -1;
        memcpy(whole + *whole_count, exact + start, end - start);
        *whole_count += end - start;
        parts[1 + pieces] = (LexToken){word, (uint32_t)pieces, (uint32_t)start, (uint32_t)end, 0};
        pieces++;
    }
    return pieces;
}

int expand_plain(Lexicon *self, const Surface *surface, LexToken parts[MAX_PARTS]) {
    const uint8_t *key = surface->key.bytes;
    uint8_t exact[MAX_KEY], whole[MAX_KEY];
    size_t count = (size_t)(surface->end - surface->start), whole_count;
    if (surface->number) return read_number(self, key, count, parts);
    if (!lower_all(key, count, exact)) return 0;
    int pieces = read_pieces(self, exact, count, parts, whole, &whole_count);
    if (pieces < 0) return -1;
    if (pieces == 1) {
        parts[0] = parts[1];
        return 1;
    }
    uint32_t word = latin_word(self, whole, whole_count);
    parts[0] = (LexToken){word, 0, parts[1].start, parts[pieces].end, 1};
    return word == NO_WORD ? -1 : pieces + 1;
}
