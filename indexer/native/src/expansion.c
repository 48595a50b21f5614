/* The terms of a field that a pattern means. */
#include "search.h"

#define MAX_PATTERN 256 /* characters; a longer one finds nothing */

/* Reads one character of UTF-8; a byte that is none counts as a character of its own. */
static uint32_t next_char(const uint8_t **at, const uint8_t *end) {
    const uint8_t *p = *at;
    uint32_t lead = *p++;
    int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    uint32_t value = more == 3 ? lead & 7 : more == 2 ? lead & 15 : more == 1 ? lead & 31 : lead;
    if (lead >= 0x80 && !more) value = 0x110000 + lead;
    for (; more && p < end && (*p & 0xC0) == 0x80; more--) value = value << 6 | (*p++ & 63);
    *at = p;
    return value;
}

static int decode(const uint8_t *at, size_t length, uint32_t *out, int room) {
    const uint8_t *end = at + length;
    int n = 0;
    while (at < end) {
        if (n == room) return -1;
        out[n++] = next_char(&at, end);
    }
    return n;
}

static int begins_with(const uint8_t *term, size_t length, const uint8_t *prefix, size_t n) {
    return length >= n && !memcmp(term, prefix, n);
}

/* Whether a pattern of characters, * and ? fits a whole term. */
static int glob_fits(const uint32_t *pattern, int n, const uint32_t *term, int m) {
    int p = 0, t = 0, star = -1, mark = 0;
    while (t < m) {
        if (p < n && pattern[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < n && (pattern[p] == '?' || pattern[p] == term[t])) {
            p++;
            t++;
        } else if (star >= 0) {
            p = star + 1;
            t = ++mark;
        } else {
            return 0;
        }
    }
    while (p < n && pattern[p] == '*') p++;
    return p == n;
}

/* Whether two words are at most `limit` insertions, deletions or substitutions apart. */
static int within(const uint32_t *a, int n, const uint32_t *b, int m, int limit) {
    while (n && m && *a == *b) a++, b++, n--, m--;
    while (n && m && a[n - 1] == b[m - 1]) n--, m--;
    if (n - m > limit || m - n > limit) return 0;
    if (!n || !m) return 1;
    if (limit <= 1) return limit == 1 && n == 1 && m == 1;
    int row[MAX_PATTERN + 1];
    for (int j = 0; j <= m; j++) row[j] = j;
    for (int i = 1; i <= n; i++) {
        int diagonal = row[0], least = i;
        row[0] = i;
        for (int j = 1; j <= m; j++) {
            int cost = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < cost) cost = row[j] + 1;
            if (row[j - 1] + 1 < cost) cost = row[j - 1] + 1;
            row[j] = cost;
            if (cost < least) least = cost;
        }
        if (least > limit) return 0;
    }
    return row[m] <= limit;
}

static size_t literal_prefix(const Node *node) {
    size_t n = 0;
    if (node->kind == WILDCARD) {
        while (n < node->text_len && node->text[n] != '*' && node->text[n] != '?') n++;
    } else if (node->kind == PREFIX) {
        n = node->text_len;
    } else if (node->kind == FUZZY) {
        const uint8_t *at = node->text, *end = at + node->text_len;
        for (int i = 0; i < node->prefix && at < end; i++) next_char(&at, end);
        n = (size_t)(at - node->text);
    }
    return n;
}

#define FOLDED 0x250 /* characters of the folding table, two letters each */

/* The one letter that a character stands for in a folding table; itself without one. */
static uint32_t folded(uint32_t value, const uint8_t *folds) {
    const uint8_t *fold = folds && value < FOLDED ? folds + 2 * value : NULL;
    return fold && fold[0] && !fold[1] ? fold[0] : value;
}

static int fits(const Node *node, const uint32_t *pattern, int n, const uint8_t *term,
                size_t length, const uint8_t *folds) {
    uint32_t chars[MAX_PATTERN];
    if (node->kind == PREFIX) return 1;
    if (node->kind == BETWEEN) {
        if (!node->last) return 1;
        int order = memcmp(term, node->last, length < node->last_len ? length : node->last_len);
        return order < 0 || (order == 0 && length <= node->last_len);
    }
    if (node->kind == FUZZY) {
        /* At least one byte a character, at most four. */
        if ((int64_t)length < n - node->distance) return 0;
        if ((int64_t)length > 4 * ((int64_t)n + node->distance)) return 0;
    }
    int m = decode(term, length, chars, MAX_PATTERN);
    if (m < 0) return 0;
    for (int i = 0; folds && i < m; i++) chars[i] = folded(chars[i], folds);
    return node->kind == FUZZY ? within(pattern, n, chars, m, node->distance)
                               : glob_fits(pattern, n, chars, m);
}

/* ---- misspelt words ------------------------------------------------------------------------- */

/* A walk over the terms as over a tree of characters. `row[j]` is the distance of the characters
   walked so far from the first j of the pattern; where none is below the limit, only characters
   that the pattern has there can follow. With `folds`, an accented letter of a term counts as the
   letter that it stands for; the pattern is without accents. */
typedef struct {
    const uint8_t *folds;
    const Field *field;
    const Node *node;
    const uint32_t *pattern;
    int n, limit;
    const uint8_t *starts[MAX_PATTERN + 1]; /* of the pattern's characters in its text */
    FoundTerm found;
    void *self;
    int damaged;
} Misspelt;

#define FEW_TERMS 6 /* so many are looked at one by one */

static int check_term(Misspelt *walk, uint32_t place) {
    const uint8_t *term;
    size_t length;
    if (term_at(walk->field, place, &term, &length) < 0) {
        walk->damaged = 1;
        return -1;
    }
    return fits(walk->node, walk->pattern, walk->n, term, length, walk->folds) ? walk->found(walk->self, place) : 0;
}

/* Orders a term's bytes at a depth against those of a character: below, at or above it. */
static int compare_at(Misspelt *walk, uint32_t place, size_t depth, const uint8_t *bytes, size_t k) {
    const uint8_t *term;
    size_t length;
    if (term_at(walk->field, place, &term, &length) < 0) {
        walk->damaged = 1;
        return 1;
    }
    size_t room = length > depth ? length - depth : 0;
    int order = memcmp(term + (room ? depth : 0), bytes, room < k ? room : k);
    return order ? order : room < k ? -1 : 0;
}

/* The first place from low on whose character is at least (or, with `beyond`, above) the given. */
static uint32_t seek_char(Misspelt *walk, uint32_t low, uint32_t high, size_t depth,
                          const uint8_t *bytes, size_t k, int beyond) {
    uint32_t step = 1, top = low;
    while (top < high && compare_at(walk, top, depth, bytes, k) < beyond) {
        low = top + 1;
        top += step;
        step *= 2;
    }
    if (top > high) top = high;
    while (low < top) {
        uint32_t middle = low + (top - low) / 2;
        if (compare_at(walk, middle, depth, bytes, k) < beyond)
            low = middle + 1;
        else
            top = middle;
    }
    return low;
}

static int walk_range(Misspelt *walk, uint32_t low, uint32_t high, size_t depth, const uint8_t *row);

/* Goes on with the terms that have one character at the depth. */
static int walk_char(Misspelt *walk, uint32_t low, uint32_t high, size_t depth, const uint8_t *row,
                     const uint8_t *bytes, size_t k) {
    uint8_t next[MAX_PATTERN + 1], least = UINT8_MAX;
    const uint8_t *at = bytes;
    uint32_t character = folded(next_char(&at, bytes + k), walk->folds);
    for (int j = 0; j <= walk->n; j++) {
        int value = row[j] + 1;
        if (j && next[j - 1] + 1 < value) value = next[j - 1] + 1;
        if (j && row[j - 1] + (walk->pattern[j - 1] != character) < value)
            value = row[j - 1] + (walk->pattern[j - 1] != character);
        next[j] = (uint8_t)(value > walk->limit ? walk->limit + 1 : value);
        if (next[j] < least) least = next[j];
    }
    return least > walk->limit ? 0 : walk_range(walk, low, high, depth + k, next);
}

/* Where no more can differ, a term goes on as the pattern does from some place to its end. */
static int walk_rest(Misspelt *walk, uint32_t low, uint32_t high, size_t depth, const uint8_t *row) {
    for (int j = 0; j <= walk->n; j++) {
        if (row[j] != walk->limit) continue;
        const uint8_t *rest = walk->starts[j], *term;
        size_t length, k = (size_t)(walk->starts[walk->n] - rest);
        uint32_t place = seek_char(walk, low, high, depth, rest, k, 0);
        if (place == high) continue;
        if (term_at(walk->field, place, &term, &length) < 0) return walk->damaged = 1, -1;
        if (length == depth + k && !memcmp(term + depth, rest, k) && check_term(walk, place) < 0)
            return -1;
    }
    return walk->damaged ? -1 : 0;
}

/* Goes on with every character that the terms have at the depth. */
static int walk_all(Misspelt *walk, uint32_t low, uint32_t high, size_t depth, const uint8_t *row) {
    while (low < high) {
        const uint8_t *term;
        size_t length;
        if (term_at(walk->field, low, &term, &length) < 0) return walk->damaged = 1, -1;
        if (length <= depth) {
            if (check_term(walk, low++) < 0) return -1;
            continue;
        }
        const uint8_t *bytes = term + depth, *at = bytes;
        next_char(&at, term + length);
        size_t k = (size_t)(at - bytes);
        uint32_t end = seek_char(walk, low, high, depth, bytes, k, 1);
        if (walk_char(walk, low, end, depth, row, bytes, k) < 0) return -1;
        low = end;
    }
    return walk->damaged ? -1 : 0;
}

/* The same where terms are folded: the pattern's next letters, or any that is not ASCII. */
static int walk_folded(Misspelt *walk, uint32_t low, uint32_t high, size_t depth, const uint8_t *row) {
    uint8_t seen[0x80] = {0}, zero = 0, beyond = 0x80;
    uint32_t start = seek_char(walk, low, high, depth, &zero, 1, 0);
    for (; low < start; low++) { /* terms that end here */
        if (check_term(walk, low) < 0) return -1;
    }
    for (int j = 0; j < walk->n; j++) {
        uint32_t letter = walk->pattern[j];
        if (row[j] != walk->limit || letter >= 0x80 || seen[letter]) continue;
        uint8_t byte = (uint8_t)letter;
        seen[letter] = 1;
        uint32_t from = seek_char(walk, start, high, depth, &byte, 1, 0);
        uint32_t end = seek_char(walk, from, high, depth, &byte, 1, 1);
        if (from < end && walk_char(walk, from, end, depth, row, &byte, 1) < 0) return -1;
    }
    return walk_all(walk, seek_char(walk, start, high, depth, &beyond, 1, 0), high, depth, row);
}

static int walk_range(Misspelt *walk, uint32_t low, uint32_t high, size_t depth, const uint8_t *row) {
    int least = walk->limit + 1;
    for (int j = 0; j <= walk->n; j++) least = row[j] < least ? row[j] : least;
    if (high - low <= FEW_TERMS) {
        for (; low < high; low++) {
            if (check_term(walk, low) < 0) return -1;
        }
        return 0;
    }
    if (least < walk->limit) return walk_all(walk, low, high, depth, row);
    return (walk->folds ? walk_folded : walk_rest)(walk, low, high, depth, row);
}

static int expand_misspelt(Bound *bound, const Field *field, const Node *node,
                           const uint32_t *pattern, int n, const uint8_t *folds, FoundTerm found,
                           void *self) {
    size_t prefix = literal_prefix(node);
    Misspelt walk = {.folds = folds, .field = field, .node = node, .pattern = pattern, .n = n,
                     .limit = node->distance, .found = found, .self = self};
    uint8_t row[MAX_PATTERN + 1];
    const uint8_t *at = node->text, *end = at + node->text_len;
    int skipped = 0;
    for (int j = 0; j < n; j++) {
        walk.starts[j] = at;
        skipped += (size_t)(at - node->text) < prefix;
        next_char(&at, end);
    }
    walk.starts[n] = end;
    for (int j = 0; j <= n; j++) {
        int value = j < skipped ? walk.limit + 1 : j - skipped;
        row[j] = (uint8_t)(value > walk.limit ? walk.limit + 1 : value);
    }
    int64_t first = lower_bound(bound->segment, field, node->text, prefix);
    if (first < 0) return -1;
    uint32_t low = (uint32_t)first;
    uint32_t high = prefix ? seek_char(&walk, low, field->terms, 0, node->text, prefix, 1) : field->terms;
    return walk_range(&walk, low, high, prefix, row);
}

/* `folds` is a folding table for a FUZZY node, NULL for none; other kinds do not fold. */
static int expand(Bound *bound, const Field *field, const Node *node, const uint8_t *folds,
                  FoundTerm found, void *self) {
    uint32_t pattern[MAX_PATTERN];
    int n = decode(node->text, node->text_len, pattern, MAX_PATTERN);
    if (n < 0) return 0;
    if (node->kind == FUZZY && node->distance >= 0 && node->distance < 8) {
        int state = expand_misspelt(bound, field, node, pattern, n, folds, found, self);
        if (state < 0) arena_damage(bound->arena, bound->segment, "term table out of range");
        return state;
    }
    size_t prefix = literal_prefix(node);
    const uint8_t *start = node->text;
    size_t start_len = node->kind == BETWEEN ? node->text_len : prefix;
    int64_t place = lower_bound(bound->segment, field, start, start_len);
    for (; place >= 0 && place < (int64_t)field->terms; place++) {
        const uint8_t *term;
        size_t length;
        if (term_at(field, (uint32_t)place, &term, &length) < 0) {
            place = -2;
            break;
        }
        if (!length) continue; /* the empty term is never meant */
        if (node->kind != BETWEEN && !begins_with(term, length, start, prefix)) break;
        int fit = fits(node, pattern, n, term, length, NULL);
        if (!fit && node->kind == BETWEEN) break;
        if (fit && found(self, (uint32_t)place) < 0) return -1;
    }
    if (place < 0) {
        arena_damage(bound->arena, bound->segment, "term table out of range");
        return -1;
    }
    return 0;
}

int expand_terms(Bound *bound, const Field *field, const Node *node, FoundTerm found, void *self) {
    return expand(bound, field, node, NULL, found, self);
}

/* ---- words of a vocabulary, for Python ------------------------------------------------------ */

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

static int decode_folded(const uint8_t *at, size_t length, const uint8_t *folds, uint32_t *out) {
    const uint8_t *end = at + length;
    int n = 0;
    while (at < end) {
        uint32_t value = next_char(&at, end);
        const uint8_t *fold = value < FOLDED ? folds + 2 * value : NULL;
        if (n + 2 > MAX_PATTERN) return -1;
        out[n++] = fold && fold[0] ? fold[0] : value;
        if (fold && fold[1]) out[n++] = fold[1];
    }
    return n;
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
    int n = decode(node->text, node->text_len, pattern, MAX_PATTERN);
    if (n < 0) return 0;
    const Field *field = state->field;
    uint32_t lead = n && pattern[0] < 0x80 ? pattern[0] : 0;
    if (!lead || lead == '*' || lead == '?')
        return count_folded(state, pattern, n, folds, 0, field->terms);
    uint8_t from = (uint8_t)lead, to = (uint8_t)(lead + 1), beyond = 0x80;
    int64_t first = lower_bound(state->segment, field, &from, 1);
    int64_t end = lower_bound(state->segment, field, &to, 1);
    int64_t rest = lower_bound(state->segment, field, &beyond, 1);
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
    int result = expand(&bound, state->field, node, folds, count_word, state);
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
