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

static int fits(const Node *node, const uint32_t *pattern, int n, const uint8_t *term,
                size_t length) {
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
    return node->kind == FUZZY ? within(pattern, n, chars, m, node->distance)
                               : glob_fits(pattern, n, chars, m);
}

int expand_terms(Bound *bound, const Field *field, const Node *node, FoundTerm found, void *self) {
    uint32_t pattern[MAX_PATTERN];
    int n = decode(node->text, node->text_len, pattern, MAX_PATTERN);
    if (n < 0) return 0;
    size_t prefix = literal_prefix(node);
    const uint8_t *start = node->text;
    size_t start_len = node->kind == BETWEEN ? node->text_len : prefix;
    int64_t place = lower_bound(bound->segment, field, start, start_len);
    for (; place >= 0 && place < field->terms; place++) {
        const uint8_t *term;
        size_t length;
        if (term_at(field, (uint32_t)place, &term, &length) < 0) {
            place = -2;
            break;
        }
        if (node->kind != BETWEEN && !begins_with(term, length, start, prefix)) break;
        int fit = fits(node, pattern, n, term, length);
        if (!fit && node->kind == BETWEEN) break;
        if (fit && found(self, (uint32_t)place) < 0) return -1;
    }
    if (place < 0) {
        arena_damage(&bound->arena, bound->segment, "term table out of range");
        return -1;
    }
    return 0;
}
