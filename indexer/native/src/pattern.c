/* Whether a term is one that a pattern means, character by character. */
#include "pattern.h"

uint32_t next_char(const uint8_t **at, const uint8_t *end) {
    const uint8_t *p = *at;
    uint32_t lead = *p++;
    int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    uint32_t value = more == 3 ? lead & 7 : more == 2 ? lead & 15 : more == 1 ? lead & 31 : lead;
    if (lead >= 0x80 && !more) value = 0x110000 + lead;
    for (; more && p < end && (*p & 0xC0) == 0x80; more--) value = value << 6 | (*p++ & 63);
    *at = p;
    return value;
}

int decode_chars(const uint8_t *at, size_t length, uint32_t *out, int room) {
    const uint8_t *end = at + length;
    int n = 0;
    while (at < end) {
        if (n == room) return -1;
        out[n++] = next_char(&at, end);
    }
    return n;
}

int decode_folded(const uint8_t *at, size_t length, const uint8_t *folds, uint32_t *out) {
    const uint8_t *end = at + length;
    int n = 0;
    while (at < end) {
        uint32_t value = next_char(&at, end);
        const uint8_t *fold = value < FOLDED ? folds + 2 * value : NULL;
        if (n + 2 > MAX_PATTERN) return -1;
        out[n++] = fold && fold[0] ? fold[0] : value;
        if (fold && fold[1]) out[n++] = fold[1];
    }
    return n;
}

int glob_fits(const uint32_t *pattern, int n, const uint32_t *term, int m) {
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

size_t literal_prefix(const Node *node) {
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

int term_fits(const Node *node, const uint32_t *pattern, int n, const uint8_t *term, size_t length,
              const uint8_t *folds) {
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
    int m = decode_chars(term, length, chars, MAX_PATTERN);
    if (m < 0) return 0;
    for (int i = 0; folds && i < m; i++) chars[i] = folded(chars[i], folds);
    return node->kind == FUZZY ? within(pattern, n, chars, m, node->distance)
                               : glob_fits(pattern, n, chars, m);
}
