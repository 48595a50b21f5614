/* Texts that are not composed or hold invisible characters, as `_normalised` of
 * indexer/french/analysis.py reads them: unicodedata does the work, cluster by cluster. */
#include "lexicon.h"

static inline int is_invisible(Py_UCS4 character) {
    return (character >= 0x80 && character <= 0x9f) || character == 0xad ||
           (character >= 0x200b && character <= 0x200d) || character == 0x2060 || character == 0xfeff;
}

int text_is_unclean(Lexicon *self, PyObject *text) {
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    for (Py_ssize_t at = 0; at < PyUnicode_GET_LENGTH(text); at++)
        if (is_invisible(PyUnicode_READ(kind, data, at))) return 1;
    PyObject *answer = PyObject_CallFunction(self->is_normalised, "sO", "NFC", text);
    if (!answer) return -1;
    int normalised = PyObject_IsTrue(answer);
    Py_DECREF(answer);
    return normalised < 0 ? -1 : !normalised;
}

void clean_text_free(CleanText *clean) {
    PyMem_RawFree(clean->characters);
    PyMem_RawFree(clean->starts);
    PyMem_RawFree(clean->ends);
    memset(clean, 0, sizeof *clean);
}

static int clean_reserve(CleanText *clean, size_t more) {
    if (clean->count + more <= clean->room) return 0;
    size_t room = clean->room * 2 + more;
    Py_UCS4 *characters = PyMem_RawRealloc(clean->characters, room * sizeof *characters);
    if (characters) clean->characters = characters;
    uint32_t *starts = PyMem_RawRealloc(clean->starts, room * sizeof *starts);
    if (starts) clean->starts = starts;
    uint32_t *ends = PyMem_RawRealloc(clean->ends, room * sizeof *ends);
    if (ends) clean->ends = ends;
    if (!characters || !starts || !ends) {
        PyErr_NoMemory();
        return -1;
    }
    clean->room = room;
    return 0;
}

static int push(CleanText *clean, Py_UCS4 character, uint32_t start, uint32_t end) {
    if (clean_reserve(clean, 1) < 0) return -1;
    clean->characters[clean->count] = character;
    clean->starts[clean->count] = start;
    clean->ends[clean->count++] = end;
    return 0;
}

/* Pushes the composed form of the cluster of `count` characters that stands at start to end. */
static int push_cluster(Lexicon *self, const Py_UCS4 *cluster, size_t count, uint32_t start, uint32_t end,
                        CleanText *clean) {
    if (count == 1 && is_plain(*cluster)) return push(clean, *cluster, start, end);
    PyObject *raw = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, cluster, (Py_ssize_t)count);
    PyObject *composed = raw ? PyObject_CallFunction(self->normalise, "sO", "NFC", raw) : NULL;
    Py_XDECREF(raw);
    if (!composed) return -1;
    int failed = 0;
    if (!PyUnicode_Check(composed)) {
        PyErr_SetString(PyExc_TypeError, "unicodedata.normalize must give a str");
        failed = -1;
    }
    for (Py_ssize_t at = 0; !failed && at < PyUnicode_GET_LENGTH(composed); at++)
        failed = push(clean, PyUnicode_READ_CHAR(composed, at), start, end);
    Py_DECREF(composed);
    return failed;
}

static int is_mark(Py_UCS4 character) {
    return character >= 0x300 && character <= 0x36f;
}

static int push_clusters(Lexicon *self, const Py_UCS4 *shown, const uint32_t *places, size_t count,
                         CleanText *clean) {
    for (size_t at = 0; at < count;) {
        size_t end = at + 1;
        while (end < count && is_mark(shown[end])) end++;
        if (push_cluster(self, shown + at, end - at, places[at], places[end - 1] + 1, clean) < 0)
            return -1;
        at = end;
    }
    return 0;
}

int clean_text(Lexicon *self, PyObject *text, CleanText *clean) {
    memset(clean, 0, sizeof *clean);
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    size_t length = (size_t)PyUnicode_GET_LENGTH(text), count = 0;
    Py_UCS4 *shown = PyMem_RawMalloc((length + 1) * sizeof *shown);
    uint32_t *places = PyMem_RawMalloc((length + 1) * sizeof *places);
    int failed = -1;
    if (!shown || !places || clean_reserve(clean, length + 1) < 0) {
        if (!PyErr_Occurred()) PyErr_NoMemory();
    } else {
        for (size_t at = 0; at < length; at++) {
            Py_UCS4 character = PyUnicode_READ(kind, data, at);
            if (is_invisible(character)) continue;
            shown[count] = character;
            places[count++] = (uint32_t)at;
        }
        failed = push_clusters(self, shown, places, count, clean);
    }
    PyMem_RawFree(shown);
    PyMem_RawFree(places);
    if (failed) clean_text_free(clean);
    return failed;
}
