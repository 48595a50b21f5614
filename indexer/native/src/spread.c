/* How the numbers of a column are spread in each row that a document is counted in: how many, their
   sum, and the numbers at some ranks. Exact: every number is kept until all are sorted. */
#include "search.h"

#include <stdlib.h>

#define DIGIT_BITS 16
#define DIGITS (1u << DIGIT_BITS)

/* The rows of a code: starts[code] to starts[code + 1] in the same table, where they stand. */
static int check_rows(PyObject *rows, Py_ssize_t segments) {
    if (!PyTuple_Check(rows) || PyTuple_GET_SIZE(rows) != segments) goto wrong;
    for (Py_ssize_t i = 0; i < segments; i++) {
        PyObject *table = PyTuple_GET_ITEM(rows, i);
        if (!PyBytes_Check(table) || PyBytes_GET_SIZE(table) < 4) goto wrong;
        const uint8_t *starts = (const uint8_t *)PyBytes_AS_STRING(table);
        size_t length = (size_t)PyBytes_GET_SIZE(table) / 4, n = load_u32(starts);
        if (n < 1 || n > length) goto wrong;
        for (size_t k = 1; k < n; k++) {
            if (load_u32(starts + 4 * k) < load_u32(starts + 4 * (k - 1))) goto wrong;
        }
        if (load_u32(starts + 4 * (n - 1)) > length) goto wrong;
    }
    return 0;
wrong:
    PyErr_SetString(PyExc_TypeError, "one table of rows for each segment is wanted");
    return -1;
}

static int read_ranks(PyObject *ranks, Spread *spread) {
    Py_ssize_t n = PyTuple_Check(ranks) ? PyTuple_GET_SIZE(ranks) : -1;
    if (n < 0 || n > MAX_RANKS) {
        PyErr_SetString(PyExc_TypeError, "ranks are a tuple of at most 8");
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        long rank = PyLong_AsLong(PyTuple_GET_ITEM(ranks, i));
        if (PyErr_Occurred()) return -1;
        if (rank < 0 || rank > 100) {
            PyErr_SetString(PyExc_ValueError, "a rank is 0 to 100 in the hundred");
            return -1;
        }
        spread->ranks[spread->n_ranks++] = (uint32_t)rank;
    }
    return 0;
}

int read_spreads(PyObject *asked, Spreads *spreads, Py_ssize_t segments) {
    if (!PyTuple_Check(asked) || PyTuple_GET_SIZE(asked) > MAX_SPREADS) {
        PyErr_SetString(PyExc_TypeError, "spreads are a tuple of at most 4");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(asked); i++) {
        Spread *spread = &spreads->all[i];
        PyObject *one = PyTuple_GET_ITEM(asked, i), *ranks;
        unsigned int size;
        if (!PyTuple_Check(one)) {
            PyErr_SetString(PyExc_TypeError, "a spread is a tuple");
            return -1;
        }
        if (!PyArg_ParseTuple(one, "UOIUO", &spread->column, &spread->rows, &size, &spread->numbers,
                              &ranks) ||
            check_rows(spread->rows, segments) < 0 || read_ranks(ranks, spread) < 0)
            return -1;
        spread->size = size;
        spreads->n++;
    }
    return 0;
}

static int reserve(Spread *spread, size_t more) {
    if (spread->n + more <= spread->room) return 0;
    size_t room = 2 * spread->room + more + 1024;
    uint64_t *pairs = realloc(spread->pairs, sizeof *pairs * room);
    if (!pairs) return -1;
    spread->pairs = pairs;
    spread->room = room;
    return 0;
}

static int collect(Spread *spread, const Bound *bound, const Set *set, Py_ssize_t at) {
    const Column *numbers = segment_column(bound->segment, spread->numbers);
    const Column *codes = segment_column(bound->segment, spread->column);
    const uint8_t *rows = (const uint8_t *)PyBytes_AS_STRING(PyTuple_GET_ITEM(spread->rows, at));
    const int64_t n_codes = (int64_t)load_u32(rows) - 1;
    if (!numbers) return 0;
    for (uint32_t w = 0; w < bound->words; w++) {
        for (uint64_t left = set->bits[w]; left; left &= left - 1) {
            const uint32_t doc = 64 * w + (uint32_t)__builtin_ctzll(left);
            const int64_t number = column_value(numbers, doc) ^ column_zero(numbers->type);
            const int64_t code = codes ? column_value(codes, doc) : 0;
            if (number <= 0 || number > UINT32_MAX || code < 0 || code >= n_codes) continue;
            const uint32_t first = load_u32(rows + 4 * code), end = load_u32(rows + 4 * code + 4);
            if (reserve(spread, end - first) < 0) return -1;
            for (uint32_t k = first; k < end; k++) {
                const uint64_t row = load_u32(rows + 4 * (size_t)k);
                if (row < spread->size) spread->pairs[spread->n++] = row << 32 | (uint64_t)number;
            }
        }
    }
    return 0;
}

int spreads_collect(Spreads *spreads, Bound *bound, const Set *set, Py_ssize_t at) {
    for (int i = 0; i < spreads->n; i++) {
        if (collect(&spreads->all[i], bound, set, at) < 0) {
            bound->arena->failed = 1;
            return -1;
        }
    }
    return 0;
}

/* Sorts by one digit, unless all have the same; `counts` has room for the digits. */
static void sort_by_digit(uint64_t **from, uint64_t **to, size_t n, int shift, size_t *counts) {
    memset(counts, 0, sizeof *counts * DIGITS);
    for (size_t i = 0; i < n; i++) counts[(*from)[i] >> shift & (DIGITS - 1)]++;
    if (counts[**from >> shift & (DIGITS - 1)] == n) return;
    size_t before = 0;
    for (uint32_t digit = 0; digit < DIGITS; digit++) {
        const size_t count = counts[digit];
        counts[digit] = before;
        before += count;
    }
    for (size_t i = 0; i < n; i++) (*to)[counts[(*from)[i] >> shift & (DIGITS - 1)]++] = (*from)[i];
    uint64_t *swapped = *from;
    *from = *to;
    *to = swapped;
}

static int sort_pairs(Spread *spread) {
    if (spread->n < 2) return 0;
    uint64_t *other = malloc(sizeof *other * spread->n);
    size_t *counts = malloc(sizeof *counts * DIGITS);
    if (other && counts) {
        for (int shift = 0; shift < 64; shift += DIGIT_BITS)
            sort_by_digit(&spread->pairs, &other, spread->n, shift, counts);
    }
    const int state = other && counts ? 0 : -1;
    free(other);
    free(counts);
    return state;
}

int spreads_sort(Spreads *spreads) {
    for (int i = 0; i < spreads->n; i++) {
        if (sort_pairs(&spreads->all[i]) < 0) return -1;
    }
    return 0;
}

/* The place, from 0, of the least number that so many in the hundred do not exceed. */
static size_t place_of_rank(size_t n, uint32_t rank) {
    const size_t place = (n * rank + 99) / 100;
    return place ? place - 1 : 0;
}

static void write_rows(const Spread *spread, uint32_t *counts, uint64_t *sums, uint32_t *picks) {
    for (size_t first = 0, end; first < spread->n; first = end) {
        const uint64_t row = spread->pairs[first] >> 32;
        uint64_t sum = 0;
        for (end = first; end < spread->n && spread->pairs[end] >> 32 == row; end++)
            sum += (uint32_t)spread->pairs[end];
        counts[row] = (uint32_t)(end - first);
        sums[row] = sum;
        for (int k = 0; k < spread->n_ranks; k++)
            picks[row * (uint32_t)spread->n_ranks + (uint32_t)k] =
                (uint32_t)spread->pairs[first + place_of_rank(end - first, spread->ranks[k])];
    }
}

static PyObject *zeros(size_t size) {
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    if (bytes) memset(PyBytes_AS_STRING(bytes), 0, size);
    return bytes;
}

static PyObject *spread_of(const Spread *spread) {
    const size_t size = spread->size;
    PyObject *counts = zeros(4 * size), *sums = zeros(8 * size);
    PyObject *picks = zeros(4 * size * (size_t)spread->n_ranks);
    if (counts && sums && picks) {
        write_rows(spread, (uint32_t *)(void *)PyBytes_AS_STRING(counts),
                   (uint64_t *)(void *)PyBytes_AS_STRING(sums),
                   (uint32_t *)(void *)PyBytes_AS_STRING(picks));
        return Py_BuildValue("(NNN)", counts, sums, picks);
    }
    Py_XDECREF(counts);
    Py_XDECREF(sums);
    Py_XDECREF(picks);
    return NULL;
}

PyObject *spreads_of(const Spreads *spreads) {
    PyObject *all = PyTuple_New(spreads->n);
    for (int i = 0; all && i < spreads->n; i++) {
        PyObject *one = spread_of(&spreads->all[i]);
        if (!one) {
            Py_CLEAR(all);
            break;
        }
        PyTuple_SET_ITEM(all, i, one);
    }
    return all;
}

void spreads_free(Spreads *spreads) {
    for (int i = 0; i < spreads->n; i++) free(spreads->all[i].pairs);
}
