/* The words of a text as acronyms are spelt with: their first letters and those of their stems. */
#include "spelling.h"
#include "text.h"

static int is_article(const uint8_t *word, Py_ssize_t length) {
    static const char articles[][4] = {"le", "la", "les", "l", "un", "une", "des", "du", "de", "d", "au", "aux"};
    uint32_t letters = 0, article; /* up to four, and zeros */
    if (length > 3) return 0;
    memcpy(&letters, word, (size_t)length);
    for (size_t i = 0; i < sizeof articles / sizeof *articles; i++) {
        memcpy(&article, articles[i], sizeof article);
        if (letters == article) return 1;
    }
    return 0;
}

/* The first letters of a word by the table; 0 where it does not know one of them. */
static int table_letters(const uint8_t *folds, const uint8_t *at, const uint8_t *end, uint8_t *letters) {
    for (int count = 0; count < MOST_OF_A_WORD && at < end; at++) {
        const uint8_t *fold = at;
        uint8_t plain[2] = {*at, 0};
        if (*at < 0x80) {
            fold = plain;
        } else {
            uint32_t code = at + 1 < end && *at >= 0xc0 && *at < 0xe0 ? (*at & 31u) << 6 | (at[1] & 63u) : FOLDED;
            fold = folds + 2 * (code < FOLDED ? code : 0);
            if (code >= FOLDED || !fold[0]) return 0;
            at++;
        }
        letters[count++] = fold[0];
        if (fold[1] && count < MOST_OF_A_WORD) letters[count++] = fold[1];
    }
    return 1;
}

/* The first letters of a word as `fold` says them: 0, or -1 with an exception. */
static int asked_letters(WordReader *reader, uint32_t word, uint8_t *letters) {
    PyObject *exact = lexicon_word_str(reader->lexicon, word);
    PyObject *folded = exact ? PyObject_CallOneArg(reader->fold, exact) : NULL;
    Py_XDECREF(exact);
    if (!folded) return -1;
    int is_text = PyUnicode_Check(folded);
    for (Py_ssize_t at = 0; is_text && at < MOST_OF_A_WORD && at < PyUnicode_GET_LENGTH(folded); at++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(folded, at);
        letters[at] = c < 0x80 ? (uint8_t)c : 0xff;
    }
    Py_DECREF(folded);
    if (!is_text) PyErr_SetString(PyExc_TypeError, "fold must return a str");
    return is_text ? 0 : -1;
}

static int describe(WordReader *reader, const ReadToken *token, SpeltWord *word) {
    Py_ssize_t length;
    const uint8_t *exact = (const uint8_t *)lexicon_word(reader->lexicon, token->word, &length);
    if (!exact) return PyErr_SetString(PyExc_RuntimeError, "no such word"), -1;
    *word = (SpeltWord){token->start, token->end, 0, (uint8_t)is_article(exact, length), {0}};
    int known = table_letters(reader->folds, exact, exact + length, word->letters);
    const char *stem = NULL;
    if (token->derived != NO_WORD) stem = lexicon_derived_word(reader->lexicon, token->derived, &length);
    if (stem && length) word->stem = (uint8_t)*stem;
    if (known) return 0;
    memset(word->letters, 0, sizeof word->letters);
    return asked_letters(reader, token->word, word->letters);
}

static int make_room(WordReader *reader, size_t count) {
    if (count <= reader->room) return 0;
    SpeltWord *words = PyMem_RawRealloc(reader->words, count * sizeof *words);
    if (!words) return PyErr_NoMemory(), -1;
    reader->words = words;
    reader->room = count;
    return 0;
}

int read_words(WordReader *reader, PyObject *text) {
    size_t count = 0;
    PyObject *bytes = lexicon_read(reader->lexicon, text);
    reader->count = 0;
    if (!bytes) return -1;
    const ReadToken *tokens = read_tokens(bytes, &count);
    int failed = make_room(reader, count);
    for (size_t i = 0; !failed && i < count; i++)
        if (!tokens[i].compound) failed = describe(reader, tokens + i, reader->words + reader->count++);
    Py_DECREF(bytes);
    return failed;
}
