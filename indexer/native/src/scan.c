/* The classes of characters, taken from CPython's own tables when the module is loaded. */
#include "scan.h"

uint8_t scan_classes[0x10000];
uint8_t scan_lower[256];

const uint8_t scan_key_mask[32] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

static const Py_UCS4 apostrophes[] = {'\'', 0x2019, 0x2018, 0x02bc, '`', 0xb4};
static const Py_UCS4 hyphens[] = {'-', 0x2010, 0x2011};
static const Py_UCS4 spaces[] = {' ', 0xa0, 0x2009, 0x202f};

#define ADD_CLASS(list, class)                                     \
    for (size_t at = 0; at < sizeof list / sizeof *list; at++) \
        scan_classes[list[at]] = (uint8_t)((scan_classes[list[at]] & ~BASE) | (class))

/* Whether str.lower() makes one Latin-1 character of a Latin-1 character: 1, 0, or -1. */
static int simple_lower(Py_UCS4 character) {
    PyObject *upper = PyUnicode_FromOrdinal((int)character);
    PyObject *lower = upper ? PyObject_CallMethod(upper, "lower", NULL) : NULL;
    Py_XDECREF(upper);
    if (!lower) return -1;
    int simple = PyUnicode_GET_LENGTH(lower) == 1 && PyUnicode_READ_CHAR(lower, 0) < 256;
    scan_lower[character] = simple ? (uint8_t)PyUnicode_READ_CHAR(lower, 0) : 0;
    Py_DECREF(lower);
    return simple && scan_lower[character] != 0xe6; /* æ is opened */
}

int scan_start(void) {
    for (Py_UCS4 character = 0; character < 0x10000; character++) {
        uint8_t class = 0;
        if (Py_UNICODE_ISALNUM(character)) class |= BASE | WORD;
        if (Py_UNICODE_ISDECIMAL(character)) class |= DIGIT;
        if (character >= 0x300 && character <= 0x36f) class |= MARK;
        scan_classes[character] = class;
    }
    scan_classes['_'] |= WORD;
    scan_classes['.'] |= POINT;
    scan_classes[','] |= POINT;
    ADD_CLASS(apostrophes, JOIN);
    ADD_CLASS(hyphens, JOIN);
    ADD_CLASS(spaces, SPACING);
    for (Py_UCS4 character = 1; character < 256; character++) {
        int simple = simple_lower(character);
        if (simple < 0) return -1;
        if (simple && scan_classes[character] & BASE) scan_classes[character] |= SIMPLE;
    }
    return 0;
}
