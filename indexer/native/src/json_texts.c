/* Long texts of JSON, read much more quickly than CPython decodes UTF-8 that is not ASCII.
 *
 * Only what the corpus writes is read here: the first plane in UTF-8, and five escapes. Anything
 * else, valid or not, is left to a JSON reader; see indexer/indexed_lines.py. */
#include "kernel.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define AT_ONCE 16

typedef uint8_t bytes_16 __attribute__((vector_size(16)));
typedef uint16_t pairs_16 __attribute__((vector_size(32)));

/* What is read, and room for its characters: as many as there are bytes, and AT_ONCE more. */
typedef struct {
    uint16_t *characters;
    size_t room, count;
    uint16_t seen; /* all bits of the characters that are not ASCII */
} Reading;

/* Which of sixteen bytes are not characters by themselves: a bit each. */
static inline uint32_t special_bytes(const uint8_t *at) {
#if defined(__SSE2__)
    const __m128i bytes = _mm_loadu_si128((const __m128i *)at);
    __m128i special = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')); /* also those from 0x80 on */
    special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f))));
#else
    uint32_t special = 0;
    for (int i = 0; i < AT_ONCE; i++)
        special |= (uint32_t)(at[i] < ' ' || at[i] > '~' || at[i] == '"' || at[i] == '\\') << i;
    return special;
#endif
}

static inline void copy_bytes(const uint8_t *at, uint16_t *out) {
    bytes_16 bytes;
    memcpy(&bytes, at, sizeof bytes);
    const pairs_16 pairs = __builtin_convertvector(bytes, pairs_16);
    memcpy(out, &pairs, sizeof pairs);
}

static inline int follows(uint8_t byte) { return (byte & 0xc0) == 0x80; }

/* The character that an escape stands for, 0 where it is to be read elsewhere. */
static inline uint16_t escaped(uint8_t byte) {
    switch (byte) {
    case 'n': return '\n';
    case 't': return '\t';
    case '"': case '\\': case '/': return byte;
    default: return 0;
    }
}

/* Reads a character of several bytes: how many, or 0 where it is to be read elsewhere. */
static inline int read_special(const uint8_t *at, const uint8_t *end, uint16_t *character) {
    const Py_ssize_t left = end - at;
    if (*at >= 0xc2 && *at < 0xe0 && left >= 2 && follows(at[1])) {
        *character = (uint16_t)((*at & 0x1f) << 6 | (at[1] & 0x3f));
        return 2;
    }
    if (*at == '\\' && left >= 2) return (*character = escaped(at[1])) ? 2 : 0;
    if (*at < 0xe0 || *at > 0xef || left < 3 || !follows(at[1]) || !follows(at[2])) return 0;
    *character = (uint16_t)((*at & 0xf) << 12 | (at[1] & 0x3f) << 6 | (at[2] & 0x3f));
    const int is_surrogate = (*character & 0xf800) == 0xd800;
    return *character < 0x800 || is_surrogate ? 0 : 3;
}

/* Reads what stands between quotation marks: 0, or -1 where it is to be read elsewhere. */
static int read_characters(Reading *reading, const uint8_t *at, const uint8_t *end) {
    uint16_t *out = reading->characters, seen = 0;
    while (at < end) {
        if (end - at >= AT_ONCE) {
            const uint32_t special = special_bytes(at);
            copy_bytes(at, out);
            const int plain = special ? __builtin_ctz(special) : AT_ONCE;
            at += plain;
            out += plain;
            if (!special) continue;
        } else if (*at >= ' ' && *at < 0x7f && *at != '"' && *at != '\\') {
            *out++ = *at++;
            continue;
        }
        const int length = read_special(at, end, out);
        if (!length) return -1;
        seen |= *out++;
        at += length;
    }
    reading->count = (size_t)(out - reading->characters);
    reading->seen = seen;
    return 0;
}

static int make_room(Reading *reading, size_t bytes) {
    if (bytes + AT_ONCE <= reading->room) return 0;
    const size_t room = 2 * bytes + 4096;
    uint16_t *characters = PyMem_Realloc(reading->characters, room * sizeof *characters);
    if (!characters) return PyErr_NoMemory(), -1;
    reading->characters = characters;
    reading->room = room;
    return 0;
}

static PyObject *text_of(const Reading *reading) {
    const Py_ssize_t count = (Py_ssize_t)reading->count;
    PyObject *text = PyUnicode_New(count, reading->seen < 0x80 ? 0x7f : reading->seen < 0x100 ? 0xff : 0xffff);
    if (!text || !count) return text;
    if (reading->seen > 0xff) {
        memcpy(PyUnicode_DATA(text), reading->characters, reading->count * sizeof(uint16_t));
    } else {
        uint8_t *out = PyUnicode_1BYTE_DATA(text);
        for (size_t at = 0; at < reading->count; at++) out[at] = (uint8_t)reading->characters[at];
    }
    return text;
}

/* The text of a JSON string; Py_None where it is to be read elsewhere, NULL with an exception. */
static PyObject *read_json(Reading *reading, PyObject *json) {
    Py_buffer buffer;
    if (PyObject_GetBuffer(json, &buffer, PyBUF_SIMPLE) < 0) return NULL;
    const uint8_t *bytes = buffer.buf;
    const Py_ssize_t length = buffer.len;
    PyObject *text = NULL;
    if (length < 2 || bytes[0] != '"' || bytes[length - 1] != '"') {
        text = Py_NewRef(Py_None);
    } else if (make_room(reading, (size_t)length) == 0) {
        const int failed = read_characters(reading, bytes + 1, bytes + length - 1);
        text = failed ? Py_NewRef(Py_None) : text_of(reading);
    }
    PyBuffer_Release(&buffer);
    return text;
}

/* Puts the text of an attribute in the place of its JSON: 1, 0 where it is to be read elsewhere, -1. */
static int read_attribute(Reading *reading, PyObject *object, PyObject *name) {
    PyObject *json = PyObject_GetAttr(object, name);
    if (!json) return -1;
    int done = 1; /* a default is a text already */
    if (!PyUnicode_Check(json)) {
        PyObject *text = read_json(reading, json);
        done = !text ? -1 : text == Py_None ? 0 : PyObject_SetAttr(object, name, text) < 0 ? -1 : 1;
        Py_XDECREF(text);
    }
    Py_DECREF(json);
    return done;
}

static int read_attributes(Reading *reading, PyObject *object, PyObject *names) {
    int done = 1;
    for (Py_ssize_t at = 0; done == 1 && at < PyTuple_GET_SIZE(names); at++)
        done = read_attribute(reading, object, PyTuple_GET_ITEM(names, at));
    return done;
}

PyDoc_STRVAR(read_json_texts_doc,
"read_json_texts(objects, names, /)\n--\n\n"
"Replace the JSON of some attributes (bytes) of each object by the text that it is; return the places\n"
"of the objects that have one to be read elsewhere, and may have it still.");

static PyObject *read_json_texts(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *objects, *names;
    if (!PyArg_ParseTuple(args, "O!O!:read_json_texts", &PyList_Type, &objects, &PyTuple_Type, &names)) return NULL;
    Reading reading = {0};
    PyObject *places = PyList_New(0);
    for (Py_ssize_t at = 0; places && at < PyList_GET_SIZE(objects); at++) {
        PyObject *object = Py_NewRef(PyList_GET_ITEM(objects, at)); /* Python code may take it out of the list */
        const int done = read_attributes(&reading, object, names);
        PyObject *place = done ? NULL : PyLong_FromSsize_t(at);
        if (done < 0 || (!done && (!place || PyList_Append(places, place) < 0))) Py_CLEAR(places);
        Py_XDECREF(place);
        Py_DECREF(object);
    }
    PyMem_Free(reading.characters);
    return places;
}

static PyMethodDef functions[] = {
    {"read_json_texts", read_json_texts, METH_VARARGS, read_json_texts_doc},
    {NULL, NULL, 0, NULL},
};

int register_json_texts(PyObject *module) { return PyModule_AddFunctions(module, functions); }
