/* What is looked for in every line of the corpus (JSON, one record each; see indexer/indexed_lines.py)
 * and in every text (see indexer/french/acronyms.py), so that Python reads the few that have it. */
#include "scan.h"

PyDoc_STRVAR(is_to_clean_doc,
"is_to_clean(line, /)\n--\n\n"
"Tell whether a line has a control character, or an escape that may stand for one.");

/* Whether one of the characters after a backslash writes what a text must not hold. */
static inline int is_mark(uint8_t c) { return c == 'u' || c == 'r' || c == 'b' || c == 'f'; }

static PyObject *is_to_clean(PyObject *module, PyObject *line) {
    (void)module;
    char *bytes;
    Py_ssize_t length;
    if (PyBytes_AsStringAndSize(line, &bytes, &length) < 0) return NULL;
    const char *at = bytes, *end = bytes + length;
    while ((at = memchr(at, '\\', (size_t)(end - at)))) {
        if (++at < end && is_mark((uint8_t)*at)) Py_RETURN_TRUE;
    }
    return PyBool_FromLong(length && memchr(bytes, 0x7f, (size_t)length) != NULL);
}

/* Brackets ----------------------------------------------------------------------------------- */

enum { LEAST_INSIDE = 2, MOST_INSIDE = 160, MOST_ACRONYM = 12, MOST_BEFORE = 15 };

static inline int is_capital(Py_UCS4 c) {
    return (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde);
}

static inline int is_of_name(Py_UCS4 c) {
    return c == '.' || c == '-' || (scan_class(c) & WORD) != 0;
}

/* The place of the next opening bracket, `length` where there is none. */
static Py_ssize_t next_bracket(int kind, const void *data, Py_ssize_t at, Py_ssize_t length) {
    const char *bytes = data;
    while (at < length) {
        const char *found = memchr(bytes + at * kind, '(', (size_t)((length - at) * kind));
        if (!found) return length;
        at = (found - bytes) / kind;
        if (PyUnicode_READ(kind, data, at) == '(') return at;
        at++; /* a byte of another character */
    }
    return length;
}

/* The end of what stands in the bracket that opens at `open`; -1 where it is not closed in time. */
static Py_ssize_t inside_end(int kind, const void *data, Py_ssize_t open, Py_ssize_t length) {
    for (Py_ssize_t at = open + 1; at < length && at <= open + 1 + MOST_INSIDE; at++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, at);
        if (c == ')') return at - open - 1 >= LEAST_INSIDE ? at : -1;
        if (c == '(' || c == '\n') return -1;
    }
    return -1;
}

/* Whether a space and a name with a capital, which may be an acronym, stand before a bracket; or
 * another bracket so near that what stands before it is looked at as well. */
static int has_name_before(int kind, const void *data, Py_ssize_t open) {
    if (open < 2 || PyUnicode_READ(kind, data, open - 1) != ' ') return 0;
    for (Py_ssize_t at = open - 1; at > 0 && at > open - 2 - MOST_BEFORE; at--)
        if (PyUnicode_READ(kind, data, at) == '(') return 1;
    Py_ssize_t start = open - 1;
    while (start > 0 && is_of_name(PyUnicode_READ(kind, data, start - 1))) start--;
    Py_ssize_t count = open - 1 - start;
    return count >= 2 && count <= MOST_BEFORE && is_capital(PyUnicode_READ(kind, data, start));
}

static int append_pair(PyObject *list, Py_ssize_t start, Py_ssize_t end) {
    PyObject *pair = Py_BuildValue("(nn)", start, end);
    int failed = pair ? PyList_Append(list, pair) : -1;
    Py_XDECREF(pair);
    return failed;
}

PyDoc_STRVAR(defining_brackets_doc,
"defining_brackets(text, /)\n--\n\n"
"Return where what may define an acronym stands in brackets: (start, end) without the brackets.");

static PyObject *defining_brackets(PyObject *module, PyObject *text) {
    (void)module;
    if (!PyUnicode_Check(text)) return PyErr_SetString(PyExc_TypeError, "a text must be a str"), NULL;
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text), at = 0;
    PyObject *list = PyList_New(0);
    while (list && (at = next_bracket(kind, data, at, length)) < length) {
        Py_ssize_t open = at++, end = inside_end(kind, data, open, length);
        if (end < 0) continue;
        at = end + 1;
        int may_be_acronym =
            end - open - 1 <= MOST_ACRONYM && is_capital(PyUnicode_READ(kind, data, open + 1));
        if (!may_be_acronym && !has_name_before(kind, data, open)) continue;
        if (append_pair(list, open + 1, end) < 0) Py_CLEAR(list);
    }
    return list;
}

static PyMethodDef functions[] = {
    {"defining_brackets", defining_brackets, METH_O, defining_brackets_doc},
    {"is_to_clean", is_to_clean, METH_O, is_to_clean_doc},
    {NULL, NULL, 0, NULL},
};

int register_lines(PyObject *module) {
    return PyModule_AddFunctions(module, functions);
}
