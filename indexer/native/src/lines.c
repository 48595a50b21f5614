/* What is looked for in every line of the corpus (JSON, one record each; see indexer/indexed_lines.py)
 * and in every text (see indexer/search/recalls.py), so that Python reads the few that have it. */
#include "scan.h"

PyDoc_STRVAR(is_to_clean_doc,
"is_to_clean(line, /)\n--\n\n"
"Tell whether a line has a control character, or an escape that may stand for one.");

/* Whether one of the characters after a backslash writes what a text must not hold. */
static inline int is_mark(uint8_t c) { return c == 'u' || c == 'r' || c == 'b' || c == 'f'; }

/* Adds a place where something was found, or fails as what looked for it did. */
static int add_place(PyObject *places, int found, Py_ssize_t at) {
    PyObject *place = found < 0 ? NULL : PyLong_FromSsize_t(at);
    const int failed = place ? PyList_Append(places, place) : -1;
    Py_XDECREF(place);
    return failed;
}

/* Whether a line has one; -1 with an exception. */
static int has_mark(PyObject *line) {
    char *bytes;
    Py_ssize_t length;
    if (PyBytes_AsStringAndSize(line, &bytes, &length) < 0) return -1;
    const char *at = bytes, *end = bytes + length;
    while ((at = memchr(at, '\\', (size_t)(end - at)))) {
        if (++at < end && is_mark((uint8_t)*at)) return 1;
    }
    return length && memchr(bytes, 0x7f, (size_t)length) != NULL;
}

static PyObject *is_to_clean(PyObject *module, PyObject *line) {
    (void)module;
    const int found = has_mark(line);
    return found < 0 ? NULL : PyBool_FromLong(found);
}

PyDoc_STRVAR(lines_to_clean_doc,
"lines_to_clean(lines, /)\n--\n\n"
"Return the places of the lines of a list of which `is_to_clean` is true.");

static PyObject *lines_to_clean(PyObject *module, PyObject *lines) {
    (void)module;
    if (!PyList_Check(lines)) return PyErr_SetString(PyExc_TypeError, "a list of lines is expected"), NULL;
    PyObject *places = PyList_New(0);
    for (Py_ssize_t at = 0; places && at < PyList_GET_SIZE(lines); at++) {
        const int found = has_mark(PyList_GET_ITEM(lines, at));
        if (found && add_place(places, found, at) < 0) Py_CLEAR(places);
    }
    return places;
}

/* The number of a line that begins with `head`, one to seven digits and a quotation mark; -1 where it does not. */
static long number_of(PyObject *line, const char *head, Py_ssize_t length) {
    const char *at = PyBytes_AS_STRING(line), *end = at + PyBytes_GET_SIZE(line);
    if (end - at < length || memcmp(at, head, (size_t)length)) return -1;
    long number = 0;
    int digits = 0;
    for (at += length; at < end && *at >= '0' && *at <= '9' && digits < 7; at++, digits++)
        number = 10 * number + *at - '0';
    return digits && at < end && *at == '"' ? number : -1;
}

PyDoc_STRVAR(numbers_after_doc,
"numbers_after(head, lines, /)\n--\n\n"
"Return the numbers of the first lines of a list that begin with `head`, at most seven digits and a\n"
"quotation mark.");

static PyObject *numbers_after(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *head, *lines;
    if (!PyArg_ParseTuple(args, "SO!:numbers_after", &head, &PyList_Type, &lines)) return NULL;
    PyObject *numbers = PyList_New(0);
    for (Py_ssize_t at = 0; numbers && at < PyList_GET_SIZE(lines); at++) {
        PyObject *line = PyList_GET_ITEM(lines, at);
        if (!PyBytes_Check(line)) {
            PyErr_SetString(PyExc_TypeError, "a line must be bytes");
            Py_CLEAR(numbers);
            break;
        }
        long number = number_of(line, PyBytes_AS_STRING(head), PyBytes_GET_SIZE(head));
        if (number < 0) break;
        PyObject *object = PyLong_FromLong(number);
        if (!object || PyList_Append(numbers, object) < 0) Py_CLEAR(numbers);
        Py_XDECREF(object);
    }
    return numbers;
}

/* What may stand between the word and a number begins with one of these, in any case and with any
 * accents; the rules are those of `_RECALL` in indexer/search/recalls.py. */
static const char following[][8] = {"n", "ecrit", "oral", "sans", "au", "an", "senat", "publi", "paru",
                                    "pose", "depos", "en", "du"};

/* Whether a text goes on with one of them; any character beyond ASCII may be the one that is wanted. */
static int may_follow(int kind, const void *data, Py_ssize_t length, Py_ssize_t at, const char *wanted) {
    for (; *wanted; wanted++, at++) {
        if (at >= length) return 0;
        const Py_UCS4 c = PyUnicode_READ(kind, data, at);
        if (c > 0x7f) return 1;
        if ((c | 0x20) != (Py_UCS4)*wanted) return 0;
    }
    return 1;
}

/* Whether a number may follow the word that ends here. */
static int may_name(int kind, const void *data, Py_ssize_t length, Py_ssize_t at) {
    if (at < length && (PyUnicode_READ(kind, data, at) | 0x20) == 's') at++;
    for (; at < length; at++) {
        const Py_UCS4 c = PyUnicode_READ(kind, data, at);
        if (c > ' ' && c != ',' && c != '(') break;
    }
    for (size_t i = 0; i < sizeof following / sizeof *following; i++)
        if (may_follow(kind, data, length, at, following[i])) return 1;
    return 0;
}

/* Whether a text has the word "question", in small or in capital letters after the first, where it may
 * name one. */
static int names_question(PyObject *text) {
    static const char first[] = "qQ", rest[][8] = {"uestion", "UESTION"};
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    for (int i = 0; i < 2; i++) {
        for (Py_ssize_t at = 0; (at = scan_next(kind, data, length, at, first[i])) + 7 < length; at++) {
            const char *wanted = rest[PyUnicode_READ(kind, data, at + 1) == 'U'];
            int same = 0;
            while (same < 7 && PyUnicode_READ(kind, data, at + 1 + same) == (Py_UCS4)wanted[same]) same++;
            if (same == 7 && may_name(kind, data, length, at + 8)) return 1;
        }
    }
    return 0;
}

PyDoc_STRVAR(naming_questions_doc,
"naming_questions(texts, /)\n--\n\n"
"Return the places of the texts of a list that have the word \"question\" where a number may follow.");

static PyObject *naming_questions(PyObject *module, PyObject *texts) {
    (void)module;
    if (!PyList_Check(texts)) return PyErr_SetString(PyExc_TypeError, "a list of texts is expected"), NULL;
    PyObject *places = PyList_New(0);
    for (Py_ssize_t at = 0; places && at < PyList_GET_SIZE(texts); at++) {
        PyObject *text = PyList_GET_ITEM(texts, at);
        if (!PyUnicode_Check(text)) {
            PyErr_SetString(PyExc_TypeError, "a text must be a str");
            Py_CLEAR(places);
        } else if (names_question(text) && add_place(places, 1, at) < 0) {
            Py_CLEAR(places);
        }
    }
    return places;
}

static PyMethodDef functions[] = {
    {"is_to_clean", is_to_clean, METH_O, is_to_clean_doc},
    {"lines_to_clean", lines_to_clean, METH_O, lines_to_clean_doc},
    {"numbers_after", numbers_after, METH_VARARGS, numbers_after_doc},
    {"naming_questions", naming_questions, METH_O, naming_questions_doc},
    {NULL, NULL, 0, NULL},
};

int register_lines(PyObject *module) {
    return PyModule_AddFunctions(module, functions);
}
