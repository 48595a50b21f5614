/* What is looked for in every line of the corpus (JSON, one record each; see indexer/indexed_lines.py),
 * so that Python reads the few that have it. */
#include "kernel.h"

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

static PyMethodDef functions[] = {
    {"is_to_clean", is_to_clean, METH_O, is_to_clean_doc},
    {NULL, NULL, 0, NULL},
};

int register_lines(PyObject *module) {
    return PyModule_AddFunctions(module, functions);
}
