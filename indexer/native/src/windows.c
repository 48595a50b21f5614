/* Which extracts of a text say most of a query; indexer/search/extracts.py is the reading in Python
 * that this one equals, sum by sum. */
#include "passages.h"

#define CHARACTERS 280
#define REPEATED 0.2
#define SECOND_SHARE 0.25

#define AT(at) PyUnicode_READ_CHAR(text, at)

/* The end of the last end of a sentence in a range, or -1. */
static Py_ssize_t last_sentence(PyObject *text, Py_ssize_t at, Py_ssize_t end) {
    Py_ssize_t last = -1;
    while (at < end) {
        Py_UCS4 c = AT(at++);
        if (c == '\n') last = at;
        if (c != '.' && c != '!' && c != '?' && c != 0x2026) continue;
        if (at == end || !Py_UNICODE_ISSPACE(AT(at))) continue;
        while (at < end && Py_UNICODE_ISSPACE(AT(at))) at++;
        last = at;
    }
    return last;
}

static Py_ssize_t minimum(Py_ssize_t one, Py_ssize_t other) {
    return one < other ? one : other;
}

static Py_ssize_t maximum(Py_ssize_t one, Py_ssize_t other) {
    return one > other ? one : other;
}

/* Widens a range to about an extract's length, from a sentence's beginning where one is near. */
static Window widen(PyObject *text, Py_ssize_t start, Py_ssize_t end) {
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (length <= CHARACTERS) return (Window){0, length, 0};
    Py_ssize_t spare = maximum(0, CHARACTERS - (end - start));
    Py_ssize_t first = maximum(0, start - spare / 3);
    Py_ssize_t sentence = last_sentence(text, maximum(0, start - spare), start);
    if (sentence >= 0) {
        first = sentence;
    } else if (first) {
        Py_ssize_t space = first;
        while (space < start && AT(space) != ' ') space++;
        first = space < start ? space + 1 : start;
    }
    Py_ssize_t last = minimum(length, maximum(end, first + CHARACTERS));
    if (last < length) {
        Py_ssize_t space = last;
        while (space > end && AT(space - 1) != ' ') space--;
        if (space > end) last = space - 1;
    }
    return (Window){first, last, 0};
}

/* The window that says most, distinct words first, and how much it says. `seen` has a place for
 * each label. */
static Window best_window(PyObject *text, const Spans *spans, size_t *seen, size_t labels, double *best) {
    size_t best_start = 0, best_end = 0;
    memset(seen, 0, labels * sizeof *seen);
    *best = -1.0;
    for (size_t index = 0; index < spans->count; index++) {
        const Span *span = &spans->at[index];
        double score = 0.0;
        size_t end = span->end;
        for (size_t at = index; at < spans->count; at++) {
            const Span *other = &spans->at[at];
            if ((size_t)other->end > (size_t)span->start + CHARACTERS && at != index) break;
            double share = seen[other->label] == index + 1 ? REPEATED : 1.0;
            double gain = other->weight * share;
            score += gain;
            seen[other->label] = index + 1;
            end = other->end;
        }
        if (score > *best) {
            *best = score;
            best_start = span->start;
            best_end = end;
        }
    }
    return widen(text, (Py_ssize_t)best_start, (Py_ssize_t)best_end);
}

static Py_ssize_t focus_of(const Spans *spans, const Window *window) {
    const Span *best = NULL;
    for (size_t at = 0; at < spans->count; at++) {
        const Span *span = &spans->at[at];
        int inside = (Py_ssize_t)span->start >= window->start && (Py_ssize_t)span->start < window->end;
        if (inside && (!best || span->weight > best->weight)) best = span;
    }
    return best ? (Py_ssize_t)best->start : window->start;
}

/* The spans outside a window whose labels do not stand in it: 0, or -1 with MemoryError. */
static int fresh_spans(const Spans *spans, const Window *window, size_t *seen, size_t labels, Spans *fresh) {
    *fresh = (Spans){PyMem_RawMalloc((spans->count + 1) * sizeof(Span)), 0, spans->count};
    if (!fresh->at) {
        PyErr_NoMemory();
        return -1;
    }
    memset(seen, 0, labels * sizeof *seen);
    for (size_t at = 0; at < spans->count; at++) {
        Py_ssize_t start = spans->at[at].start;
        if (start >= window->start && start < window->end) seen[spans->at[at].label] = 1;
    }
    for (size_t at = 0; at < spans->count; at++) {
        const Span *span = &spans->at[at];
        int outside = (Py_ssize_t)span->end <= window->start || (Py_ssize_t)span->start >= window->end;
        if (outside && !seen[span->label]) fresh->at[fresh->count++] = *span;
    }
    return 0;
}

static int choose(PyObject *text, const Spans *spans, size_t *seen, size_t labels, Window windows[MAX_WINDOWS]) {
    double value, second_value;
    Spans fresh;
    windows[0] = best_window(text, spans, seen, labels, &value);
    if (fresh_spans(spans, &windows[0], seen, labels, &fresh) < 0) return -1;
    int count = 1;
    if (fresh.count) {
        Window second = best_window(text, &fresh, seen, labels, &second_value);
        int apart = second.start >= windows[0].end || second.end <= windows[0].start;
        double wanted = SECOND_SHARE * value;
        if (apart && second_value >= wanted) {
            int before = second.start < windows[0].start;
            if (before) windows[1] = windows[0];
            windows[before ? 0 : 1] = second;
            count = 2;
        }
    }
    PyMem_RawFree(fresh.at);
    for (int at = 0; at < count; at++) windows[at].focus = focus_of(spans, &windows[at]);
    return count;
}

int choose_windows(PyObject *text, const Spans *spans, size_t labels, Window windows[MAX_WINDOWS]) {
    if (!spans->count) {
        windows[0] = widen(text, 0, CHARACTERS);
        windows[0].focus = windows[0].start;
        return 1;
    }
    size_t *seen = PyMem_RawMalloc((labels + 1) * sizeof *seen);
    if (!seen) {
        PyErr_NoMemory();
        return -1;
    }
    int count = choose(text, spans, seen, labels, windows);
    PyMem_RawFree(seen);
    return count;
}
