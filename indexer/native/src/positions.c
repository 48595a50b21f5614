/* How terms stand together in a document. */
#include "search.h"

/* Reads the positions of a term of the line in a document that holds it; -1 where that fails. */
static int64_t read_positions(Line *line, int place, uint32_t doc, const uint32_t **values) {
    List *list = line->lists[place];
    int found = list_seek(list, doc);
    return found > 0 ? list_positions(list, values) : found;
}

static uint32_t *reserve(Bound *bound, Buffer *buffer, int64_t n) {
    if (buffer->values && n <= buffer->room) return buffer->values;
    uint32_t size = (uint32_t)(n + n / 2 + 64);
    buffer->values = arena_alloc(bound->arena, 4 * (size_t)size);
    buffer->room = buffer->values ? size : 0;
    return buffer->values;
}

/* Starts of the line that each term confirms: the rarest gives them, the others strike out. */
static int64_t count_ordered(Bound *bound, Line *line, uint32_t doc) {
    const int lead = line->by_rarity[0];
    const uint32_t *leads = NULL;
    int64_t n = read_positions(line, lead, doc, &leads);
    if (n < 0) return -1;
    uint32_t *starts = reserve(bound, &bound->kept[0], n);
    if (!starts) return -1;
    uint32_t offset = line->offsets[lead], kept = 0;
    for (int64_t i = 0; i < n; i++) {
        if (leads[i] >= offset && (!kept || starts[kept - 1] != leads[i] - offset))
            starts[kept++] = leads[i] - offset;
    }
    for (int k = 1; k < line->n && kept; k++) {
        const int place = line->by_rarity[k];
        const uint32_t *others = NULL;
        int64_t m = read_positions(line, place, doc, &others), j = 0;
        if (m < 0) return -1;
        offset = line->offsets[place];
        uint32_t confirmed = 0;
        for (uint32_t i = 0; i < kept; i++) {
            uint32_t wanted = starts[i] + offset;
            while (j < m && others[j] < wanted) j++;
            if (j < m && others[j] == wanted) starts[confirmed++] = starts[i];
        }
        kept = confirmed;
    }
    return kept;
}

/* 1 where each term stands 1 to width positions after the one before. */
static int64_t has_chain(Bound *bound, const Node *node, Line *line, uint32_t doc) {
    const uint32_t *before = NULL;
    int64_t n = read_positions(line, 0, doc, &before);
    for (int place = 1; place < line->n && n > 0; place++) {
        const uint32_t *after = NULL;
        int64_t m = read_positions(line, place, doc, &after), kept = 0, low = 0;
        uint32_t *ends = m < 0 ? NULL : reserve(bound, &bound->kept[place & 1], m);
        if (!ends) return -1;
        for (int64_t j = 0; j < m; j++) {
            while (low < n && (uint64_t)before[low] + node->width < after[j]) low++;
            if (low < n && before[low] < after[j]) ends[kept++] = after[j];
        }
        before = ends;
        n = kept;
    }
    return n < 0 ? -1 : n > 0;
}

/* Windows of at most width positions that hold every term, without overlap. */
static int64_t count_windows(Bound *bound, const Node *node, Line *line, uint32_t doc) {
    Cursor *cursors = bound->cursors;
    int seen = 0;
    for (int k = 0; k < line->n; k++) {
        const uint32_t *positions = NULL;
        int64_t n = read_positions(line, k, doc, &positions);
        if (n < 0) return -1;
        cursors[k] = (Cursor){.positions = positions, .n = n};
    }
    int64_t count = 0;
    for (;;) {
        int next = -1;
        uint32_t position = UINT32_MAX;
        for (int k = 0; k < line->n; k++) {
            if (cursors[k].at < cursors[k].n &&
                (next < 0 || cursors[k].positions[cursors[k].at] < position)) {
                next = k;
                position = cursors[k].positions[cursors[k].at];
            }
        }
        if (next < 0) return count;
        cursors[next].at++;
        cursors[next].last = position;
        seen += !cursors[next].seen;
        cursors[next].seen = 1;
        if (seen < line->n) continue;
        uint32_t least = position;
        for (int k = 0; k < line->n; k++) least = cursors[k].last < least ? cursors[k].last : least;
        if (position - least >= node->width) continue;
        count++;
        seen = 0;
        for (int k = 0; k < line->n; k++) cursors[k].seen = 0;
    }
}

/* Positions of the first term with another position of the second at most width away. */
static int64_t count_near(const Node *node, Line *line, uint32_t doc) {
    if (line->n != 2) return 0;
    const uint32_t *first = NULL, *second = NULL;
    int64_t n = read_positions(line, 0, doc, &first);
    int64_t m = n < 0 ? -1 : read_positions(line, 1, doc, &second);
    if (m < 0) return -1;
    int64_t count = 0, low = 0;
    for (int64_t i = 0; i < n; i++) {
        while (low < m && (uint64_t)second[low] + node->width < first[i]) low++;
        int64_t j = low;
        while (j < m && second[j] == first[i]) j++;
        count += j < m && second[j] <= (uint64_t)first[i] + node->width;
    }
    return count;
}

int64_t line_count(Bound *bound, const Node *node, Line *line, uint32_t doc) {
    switch (node->mode) {
        case ORDERED: return count_ordered(bound, line, doc);
        case CHAIN: return has_chain(bound, node, line, doc);
        case WINDOW: return count_windows(bound, node, line, doc);
        default: return count_near(node, line, doc);
    }
}

/* 1 where a document holds all terms of a line, the rarest of which is looked for first. */
static int holds_all(const Line *line, uint32_t doc) {
    for (int k = 0; k < line->n; k++) {
        int found = list_seek(line->lists[line->by_rarity[k]], doc);
        if (found <= 0) return found;
    }
    return 1;
}

int positional_score(Bound *bound, Node *node, uint32_t doc, double *score) {
    double x = 0;
    int found = 0;
    for (int i = 0; i < node->n_lines; i++) {
        Line *line = &node->lines[i];
        int64_t count = holds_all(line, doc) > 0 ? line_count(bound, node, line, doc) : 0;
        if (count <= 0) continue;
        const uint8_t *norms = line->lists[0]->field->norms;
        x += (double)count * line->weights[norms ? norms[doc] : 0];
        found = 1;
    }
    *score = node->factor * saturated(x, node->k1);
    return found;
}
