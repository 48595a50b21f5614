/* The module itself: it only gathers its parts. */
#include "kernel.h"

PyObject *Damaged = NULL;

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "indexer.native._kernel",
    "What plain Python is too slow for; see indexer.native.", -1, NULL, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__kernel(void) {
    PyObject *module = PyModule_Create(&definition);
    if (!module) return NULL;
    Damaged = PyErr_NewExceptionWithDoc(
        "indexer.native._kernel.Damaged", "A file is not what it should be.", PyExc_ValueError, NULL);
    if (!Damaged || PyModule_AddObjectRef(module, "Damaged", Damaged) < 0 ||
        register_segment(module) < 0 || register_search(module) < 0 || register_text(module) < 0 ||
        register_passages(module) < 0 || register_encode(module) < 0 || register_merge(module) < 0 ||
        register_fingerprint(module) < 0 || register_families(module) < 0 || register_stem(module) < 0 ||
        register_frequencies(module) < 0 || register_lines(module) < 0 ||
        register_json_texts(module) < 0 ||
        register_definitions(module) < 0 || register_column_rows(module) < 0 ||
        register_column_ranks(module) < 0 || register_columns(module) < 0 || register_crc(module) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
