/* Words of a vocabulary that a pattern means, for Python. */
#include "pattern.h"

typedef struct {
    const Segment *segment;
    const Field *field;
    PyObject *counts;
} Counting;

static int count_word(void *self, uint32_t place) {
    Counting *state = self;
    const uint8_t *term;
    size_t length;
    uint32_t df, cf;
    if (term_at(state->field, place, &term, &length) < 0 ||
        term_frequencies(state->segment, state->field, place, &df, &cf) < 0) {
        PyErr_Format(Damaged, "%U: term table out of range", state->segment->name);
        return -1;
    }
    PyObject *word = PyUnicode_DecodeUTF8((const char *)term, (Py_ssize_t)length, "surrogatepass");
    if (!word) {
        if (PyErr_ExceptionMatches(PyExc_UnicodeDecodeError))
            PyErr_Format(Damaged, "%U: a term is no text", state->segment->name);
        return -1;
    }
    PyObject *known = PyDict_GetItemWithError(state->counts, word);
    PyObject *sum = PyErr_Occurred() ? NULL
                    : PyLong_FromUnsignedLong(df + (known ? PyLong_AsUnsignedLong(known) : 0));
    int result = sum ? PyDict_SetItem(state->counts, word, sum) : -1;
    Py_XDECREF(sum);
    Py_DECREF(word);
    return result;
}

/* Words that fit a pattern once folded, in places from `first` to before `end`. */
static int count_folded(Counting *state, const uint32_t *pattern, int n, const uint8_t *folds,
                        int64_t first, int64_t end) {
    uint32_t chars[MAX_PATTERN];
    for (int64_t place = first; place < end; place++) {
        const uint8_t *term;
        size_t length;
        if (term_at(state->field, (uint32_t)place, &term, &length) < 0) {
            PyErr_Format(Damaged, "%U: term table out of range", state->segment->name);
            return -1;
        }
        int m = decode_folded(term, length, folds, chars);
        if (m >= 0 && glob_fits(pattern, n, chars, m) && count_word(state, (uint32_t)place) < 0)
            return -1;
    }
    return 0;
}

/* A word that fits begins with the pattern's first letter, or with one that is not ASCII. */
static int count_all_folded(Counting *state, const Node *node, const uint8_t *folds) {
    uint32_t pattern[MAX_PATTERN];
    int n = decode_chars(node->text, node->text_len, pattern, MAX_PATTERN);
    if (n < 0) return 0;
    const Field *field = state->field;
    uint32_t lead = n && pattern[0] < 0x80 ? pattern[0] : 0;
    if (!lead || lead == '*' || lead == '?')
        return count_folded(state, pattern, n, folds, 0, field->terms);
    uint8_t from = (uint8_t)lead, to = (uint8_t)(lead + 1), beyond = 0x80;
    int64_t first = lower_bound(field, &from, 1);
    int64_t end = lower_bound(field, &to, 1);
    int64_t rest = lower_bound(field, &beyond, 1);
    if (first < 0 || end < 0 || rest < 0) {
        PyErr_Format(Damaged, "%U: term table out of range", state->segment->name);
        return -1;
    }
    if (count_folded(state, pattern, n, folds, first, end) < 0) return -1;
    return count_folded(state, pattern, n, folds, rest, field->terms);
}

static int count_field(Counting *state, const Node *node, const uint8_t *folds) {
    if (folds && node->kind != FUZZY) return count_all_folded(state, node, folds);
    Arena arena = {0};
    Bound bound = {.arena = &arena, .segment = (Segment *)state->segment,
                   .docs = state->segment->docs};
    int result = expand_node(&bound, state->field, node, folds, count_word, state);
    if (result < 0 && !PyErr_Occurred())
        PyErr_Format(Damaged, "%U: term table out of range", state->segment->name);
    arena_free(&arena);
    return result;
}

PyObject *expansion_words(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *segments, *fields, *last, *op;
    const char *name;
    Node node = {0};
    Py_buffer text, folds = {0};
    PyObject *folding;
    double score;
    if (!PyArg_ParseTuple(args, "O!O!(siy*OiidO)O", &PyTuple_Type, &segments, &PyTuple_Type, &fields,
                          &name, &node.kind, &text, &last, &node.distance, &node.prefix, &score, &op,
                          &folding))
        return NULL;
    node.text = text.buf;
    node.text_len = (size_t)text.len;
    PyObject *counts = PyDict_New();
    char *last_bytes = NULL;
    Py_ssize_t last_len = 0;
    if (counts && last != Py_None && PyBytes_AsStringAndSize(last, &last_bytes, &last_len) < 0)
        Py_CLEAR(counts);
    node.last = (const uint8_t *)last_bytes;
    node.last_len = (size_t)last_len;
    if (counts && folding != Py_None && PyObject_GetBuffer(folding, &folds, PyBUF_SIMPLE) < 0)
        Py_CLEAR(counts);
    if (counts && folds.obj && folds.len != 2 * FOLDED) {
        PyErr_SetString(PyExc_ValueError, "the folding table has not the length that it should");
        Py_CLEAR(counts);
    }
    for (Py_ssize_t i = 0; counts && i < PyTuple_GET_SIZE(segments); i++) {
        Segment *segment = (Segment *)PyTuple_GET_ITEM(segments, i);
        if (!PyObject_TypeCheck(segment, &SegmentType)) {
            PyErr_SetString(PyExc_TypeError, "a segment is a Segment");
            Py_CLEAR(counts);
        }
        for (Py_ssize_t k = 0; counts && k < PyTuple_GET_SIZE(fields); k++) {
            Field *field = segment_field(segment, PyTuple_GET_ITEM(fields, k));
            Counting state = {segment, field, counts};
            if (field && count_field(&state, &node, folds.obj ? folds.buf : NULL) < 0)
                Py_CLEAR(counts);
        }
    }
    if (folds.obj) PyBuffer_Release(&folds);
    PyBuffer_Release(&text);
    return counts;
}
