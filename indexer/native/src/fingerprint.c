/* What a text is known by: its words' key, and the signature by which its like are found.
 *
 * The rules are those of indexer/search/fingerprint.py, which says what they are good for. */
#include "kernel.h"

#define BINS 128
#define SHINGLE 5
#define LEAST_SHINGLES 20
/* Characters below have their lower case in a table: those that take at most two bytes. */
#define TABLED 0x10000
/* Characters that are read before the words among them are taken. */
#define AT_ONCE 512
#define FIRST 0xcbf29ce484222325u
#define PRIME 0xd6e8feb86659fd93u
#define STEP 0x9e3779b97f4a7c15u

static uint16_t lower[TABLED]; /* 0: no character of a word */
static uint64_t beyond;        /* STEP to the power SHINGLE */

typedef struct {
    uint64_t last[SHINGLE]; /* the latest words */
    uint64_t window, key;
    uint64_t least[BINS];
    uint32_t words;
} Print;

/* Where a word begins or has ended, and the hash of all characters before. */
typedef struct {
    uint64_t hash;
    Py_ssize_t at;
} Edge;

typedef struct {
    Edge edges[AT_ONCE + 2]; /* one may be left from before, one more is written and not counted */
    uint64_t hash;
    int count, within;
} Reading;

static inline uint64_t mixed(uint64_t x) {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static inline uint64_t turned(uint64_t x, unsigned bits) { return x << (bits & 63) | x >> (-bits & 63); }

/* The lower case of a character, 0 where it is of no word. */
static inline uint32_t lower_case(Py_UCS4 c) { return Py_UNICODE_ISALNUM(c) ? Py_UNICODE_TOLOWER(c) : 0; }

static inline uint32_t character(int kind, Py_UCS4 c) {
    return kind < PyUnicode_4BYTE_KIND || c < TABLED ? lower[c] : lower_case(c);
}

/* Fills the table, which takes longer than loading all else does. */
static void prepare(void) {
    static int is_ready;
    for (Py_UCS4 c = 0; !is_ready && c < TABLED; c++) lower[c] = (uint16_t)lower_case(c);
    is_ready = 1;
}

/* Takes words, before which stand the SHINGLE latest. */
static void take_words(Print *print, const uint64_t *words, int count) {
    uint64_t key = print->key, window = print->window;
    int whole = SHINGLE - 1 - (int)(print->words < SHINGLE - 1 ? print->words : SHINGLE - 1);
    for (int place = 0; place < count; place++) {
        key = key * STEP + words[place];
        window = window * STEP + words[place] - words[place - SHINGLE] * beyond;
        if (place < whole) continue; /* the first shingle is not whole yet */
        uint64_t hash = mixed(window), value = hash & (UINT64_MAX >> 7), *least = print->least + (hash >> 57);
        *least = value < *least ? value : *least;
    }
    memcpy(print->last, words + count - SHINGLE, sizeof print->last);
    print->key = key;
    print->window = window;
    print->words += (uint32_t)count;
}

/* Takes the words that have ended. The hash of characters is a sum (exclusive or) of each of them
 * turned by how many follow, so that of a word is what that of all has more than the one before it. */
static void take_ended(Print *print, Reading *reading) {
    uint64_t words[SHINGLE + AT_ONCE / 2 + 1];
    int place = 0, count = SHINGLE;
    memcpy(words, print->last, sizeof print->last);
    for (; place + 1 < reading->count; place += 2) {
        const Edge *start = reading->edges + place, *end = start + 1;
        uint64_t word = end->hash ^ turned(start->hash ^ FIRST, 7 * (unsigned)(end->at - start->at));
        words[count++] = (word ^ word >> 32) * PRIME;
    }
    take_words(print, words + SHINGLE, count - SHINGLE);
    if (place < reading->count) reading->edges[0] = reading->edges[place];
    reading->count -= place;
}

/* Without a branch but for that of the loop: where words end cannot be foreseen. */
#define READ(KIND)                                              \
    for (; at < end; at++) {                                    \
        uint32_t c = character(KIND, PyUnicode_READ(KIND, data, at)); \
        edges[count] = (Edge){hash, at};                        \
        count += within ^ (c != 0);                             \
        within = c != 0;                                        \
        hash = turned(hash, 7) ^ c;                             \
    }

static void read_characters(Reading *reading, int kind, const void *data, Py_ssize_t at, Py_ssize_t end) {
    Edge *edges = reading->edges;
    uint64_t hash = reading->hash;
    int count = reading->count, within = reading->within;
    switch (kind) {
        case PyUnicode_1BYTE_KIND: READ(PyUnicode_1BYTE_KIND) break;
        case PyUnicode_2BYTE_KIND: READ(PyUnicode_2BYTE_KIND) break;
        default: READ(PyUnicode_4BYTE_KIND)
    }
    reading->hash = hash;
    reading->count = count;
    reading->within = within;
}

static void read_text(Print *print, PyObject *text) {
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    Reading reading;
    reading.hash = 0;
    reading.count = reading.within = 0;
    memset(print, 0, sizeof *print);
    memset(print->least, 0xff, sizeof print->least);
    for (Py_ssize_t at = 0; at < length; at += AT_ONCE) {
        Py_ssize_t end = length - at < AT_ONCE ? length : at + AT_ONCE;
        read_characters(&reading, PyUnicode_KIND(text), PyUnicode_DATA(text), at, end);
        take_ended(print, &reading);
    }
    reading.edges[reading.count] = (Edge){reading.hash, length};
    reading.count += reading.within;
    take_ended(print, &reading);
}

/* How many bytes the signature has: none where the text is too short. */
static Py_ssize_t signature_size(const Print *print) {
    return print->words < LEAST_SHINGLES + SHINGLE - 1 ? 0 : BINS;
}

/* Writes the signature: a byte a bin, 0 where it is empty. */
static void write_signature(const Print *print, uint8_t *out) {
    for (Py_ssize_t bin = 0, size = signature_size(print); bin < size; bin++) {
        /* That of an empty bin has all bits; no other has the highest. */
        uint32_t value = print->least[bin] & 0xffff, is_filled = !(print->least[bin] >> 63);
        out[bin] = (uint8_t)((1 + (value * 255 >> 16)) * is_filled);
    }
}

static int check_text(PyObject *text) {
    if (PyUnicode_Check(text)) return 0;
    PyErr_Format(PyExc_TypeError, "a text must be a str, not %.100s", Py_TYPE(text)->tp_name);
    return -1;
}

PyDoc_STRVAR(fingerprint_doc,
"fingerprint(text, /)\n--\n\n"
"Return (number of words, 64-bit key of their sequence, signature of 128 bytes or none).");

static PyObject *fingerprint(PyObject *module, PyObject *text) {
    (void)module;
    if (check_text(text) < 0) return NULL;
    prepare();
    Print print;
    read_text(&print, text);
    PyObject *signature = PyBytes_FromStringAndSize(NULL, signature_size(&print));
    if (!signature) return NULL;
    write_signature(&print, (uint8_t *)PyBytes_AS_STRING(signature));
    return Py_BuildValue("(IKN)", print.words, (unsigned long long)mixed(print.key), signature);
}

/* The key of an answer and the signature of a question as bytes; None where there is neither. */
static PyObject *kin_of(PyObject *question, PyObject *answer, uint32_t least_words) {
    if (check_text(question) < 0 || check_text(answer) < 0) return NULL;
    Print print;
    uint64_t key = 0;
    if (PyUnicode_GET_LENGTH(answer)) {
        read_text(&print, answer);
        if (print.words >= least_words) key = mixed(print.key);
    }
    read_text(&print, question);
    if (!key && !signature_size(&print)) Py_RETURN_NONE;
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, 8 + signature_size(&print));
    if (!bytes) return NULL;
    memcpy(PyBytes_AS_STRING(bytes), &key, 8);
    write_signature(&print, (uint8_t *)PyBytes_AS_STRING(bytes) + 8);
    return bytes;
}

PyDoc_STRVAR(kin_doc,
"kin(questions, answers, least_words, /)\n--\n\n"
"Return, for each question with its answer, the key of the answer, 0 if it has fewer words, and the\n"
"signature of the question, which may be empty; None where there is neither.");

static PyObject *kin(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *questions, *answers;
    unsigned int least_words;
    if (!PyArg_ParseTuple(args, "O!O!I:kin", &PyList_Type, &questions, &PyList_Type, &answers, &least_words))
        return NULL;
    Py_ssize_t count = PyList_GET_SIZE(questions);
    if (PyList_GET_SIZE(answers) != count)
        return PyErr_SetString(PyExc_ValueError, "there must be as many answers as questions"), NULL;
    prepare();
    PyObject *found = PyList_New(count);
    for (Py_ssize_t at = 0; found && at < count; at++) {
        PyObject *bytes = kin_of(PyList_GET_ITEM(questions, at), PyList_GET_ITEM(answers, at), least_words);
        if (bytes) PyList_SET_ITEM(found, at, bytes);
        else Py_CLEAR(found);
    }
    return found;
}

static PyMethodDef functions[] = {
    {"fingerprint", fingerprint, METH_O, fingerprint_doc},
    {"kin", kin, METH_VARARGS, kin_doc},
    {NULL, NULL, 0, NULL},
};

int register_fingerprint(PyObject *module) {
    beyond = 1;
    for (int power = 0; power < SHINGLE; power++) beyond *= STEP;
    return PyModule_AddFunctions(module, functions);
}
