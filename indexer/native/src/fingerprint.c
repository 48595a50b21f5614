/* What a text is known by: its words' key, and the signature by which its like are found.
 *
 * The rules are those of indexer/search/fingerprint.py, which says what they are good for. */
#include "kernel.h"

#define BINS 128
#define SHINGLE 5
#define LEAST_SHINGLES 20
/* Characters below have their lower case in a table. */
#define TABLED 0x250
#define FIRST 0xcbf29ce484222325u
#define PRIME 0xd6e8feb86659fd93u
#define STEP 0x9e3779b97f4a7c15u

static uint32_t lower[TABLED]; /* 0: no character of a word */
static uint64_t beyond;        /* STEP to the power SHINGLE */

typedef struct {
    uint64_t last[SHINGLE]; /* a ring of the latest words */
    uint64_t window, key;
    uint64_t least[BINS];
    uint32_t words;
} Print;

static inline uint64_t mixed(uint64_t x) {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static inline uint32_t character(Py_UCS4 c) {
    if (c < TABLED) return lower[c];
    return Py_UNICODE_ISALNUM(c) ? Py_UNICODE_TOLOWER(c) : 0;
}

static inline void take_word(Print *print, uint64_t word, uint32_t *place) {
    word = (word ^ word >> 32) * PRIME;
    print->key = print->key * STEP + word;
    print->window = print->window * STEP + word - print->last[*place] * beyond;
    print->last[*place] = word;
    *place = *place + 1 == SHINGLE ? 0 : *place + 1;
    if (++print->words < SHINGLE) return;
    uint64_t hash = mixed(print->window), bin = hash >> 57, value = hash & (UINT64_MAX >> 7);
    uint64_t least = print->least[bin];
    print->least[bin] = value < least ? value : least;
}

#define READ(KIND)                                                        \
    for (Py_ssize_t at = 0; at < length; at++) {                          \
        uint32_t c = character(PyUnicode_READ(KIND, data, at));           \
        if (c) {                                                          \
            word = (word << 7 | word >> 57) ^ c;                          \
            within = 1;                                                   \
        } else if (within) {                                              \
            take_word(print, word, &place);                               \
            word = FIRST;                                                 \
            within = 0;                                                   \
        }                                                                 \
    }

static void read_text(Print *print, PyObject *text) {
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    uint64_t word = FIRST;
    uint32_t place = 0;
    int within = 0;
    memset(print, 0, sizeof *print);
    memset(print->least, 0xff, sizeof print->least);
    switch (PyUnicode_KIND(text)) {
        case PyUnicode_1BYTE_KIND: READ(PyUnicode_1BYTE_KIND) break;
        case PyUnicode_2BYTE_KIND: READ(PyUnicode_2BYTE_KIND) break;
        default: READ(PyUnicode_4BYTE_KIND)
    }
    if (within) take_word(print, word, &place);
}

/* A byte a bin, 0 where it is empty. */
static PyObject *signature_of(const Print *print) {
    if (print->words < LEAST_SHINGLES + SHINGLE - 1) return PyBytes_FromStringAndSize(NULL, 0);
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, BINS);
    for (int bin = 0; bytes && bin < BINS; bin++) {
        uint64_t value = print->least[bin];
        ((uint8_t *)PyBytes_AS_STRING(bytes))[bin] = value == UINT64_MAX ? 0 : (uint8_t)(1 + ((value & 0xffff) * 255 >> 16));
    }
    return bytes;
}

PyDoc_STRVAR(fingerprint_doc,
"fingerprint(text, /)\n--\n\n"
"Return (number of words, 64-bit key of their sequence, signature of 128 bytes or none).");

static PyObject *fingerprint(PyObject *module, PyObject *text) {
    (void)module;
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "a text must be a str, not %.100s", Py_TYPE(text)->tp_name);
        return NULL;
    }
    Print print;
    read_text(&print, text);
    PyObject *signature = signature_of(&print);
    if (!signature) return NULL;
    return Py_BuildValue("(IKN)", print.words, (unsigned long long)mixed(print.key), signature);
}

static PyMethodDef functions[] = {
    {"fingerprint", fingerprint, METH_O, fingerprint_doc},
    {NULL, NULL, 0, NULL},
};

int register_fingerprint(PyObject *module) {
    for (Py_UCS4 c = 0; c < TABLED; c++) lower[c] = Py_UNICODE_ISALNUM(c) ? Py_UNICODE_TOLOWER(c) : 0;
    beyond = 1;
    for (int power = 0; power < SHINGLE; power++) beyond *= STEP;
    return PyModule_AddFunctions(module, functions);
}
