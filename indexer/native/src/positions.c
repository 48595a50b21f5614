/* How terms stand together in a document. */
#include "search.h"

/* Reads the positions of a list of the line, which has been moved to the document. */
static int64_t read_positions(Bound *bound, Line *line, int place) {
    return list_positions(line->lists[place], &bound->places[place], &bound->rooms[place]);
}

/* Starts of the line that each term confirms: the rarest gives them, the others strike out. */
static int64_t count_ordered(Bound *bound, Line *line) {
    int lead = line->by_rarity[0];
    int64_t n = read_positions(bound, line, lead);
    if (n < 0) return -1;
    uint32_t *starts = bound->places[lead];
    uint32_t offset = line->offsets[lead], kept = 0;
    for (int64_t i = 0; i < n; i++) {
        if (starts[i] >= offset && (!kept || starts[kept - 1] != starts[i] - offset))
            starts[kept++] = starts[i] - offset;
    }
    for (int k = 1; k < line->n && kept; k++) {
        int place = line->by_rarity[k];
        int64_t m = read_positions(bound, line, place);
        if (m < 0) return -1;
        const uint32_t *others = bound->places[place];
        uint32_t confirmed = 0;
        int64_t j = 0;
        for (uint32_t i = 0; i < kept; i++) {
            uint32_t wanted = starts[i] + line->offsets[place];
            while (j < m && others[j] < wanted) j++;
            if (j < m && others[j] == wanted) starts[confirmed++] = starts[i];
        }
        kept = confirmed;
    }
    return kept;
}

/* 1 where each term stands 1 to width positions after the one before. */
static int64_t has_chain(Bound *bound, Node *node, Line *line) {
    int64_t n = read_positions(bound, line, 0);
    if (n < 0) return -1;
    for (int place = 1; place < line->n && n; place++) {
        int64_t m = read_positions(bound, line, place);
        if (m < 0) return -1;
        const uint32_t *before = bound->places[place - 1];
        uint32_t *after = bound->places[place];
        int64_t kept = 0, low = 0;
        for (int64_t j = 0; j < m; j++) {
            while (low < n && (uint64_t)before[low] + node->width < after[j]) low++;
            if (low < n && before[low] < after[j]) after[kept++] = after[j];
        }
        n = kept;
    }
    return n > 0;
}

/* Windows of at most width positions that hold every term, without overlap. */
static int64_t count_windows(Bound *bound, Node *node, Line *line) {
    Cursor *cursors = bound->cursors;
    int seen = 0;
    for (int k = 0; k < line->n; k++) {
        cursors[k] = (Cursor){read_positions(bound, line, k), 0, 0, 0};
        if (cursors[k].n < 0) return -1;
    }
    int64_t count = 0;
    for (;;) {
        int next = -1;
        uint32_t position = UINT32_MAX;
        for (int k = 0; k < line->n; k++) {
            if (cursors[k].at < cursors[k].n &&
                (next < 0 || bound->places[k][cursors[k].at] < position)) {
                next = k;
                position = bound->places[k][cursors[k].at];
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
static int64_t count_near(Bound *bound, Node *node, Line *line) {
    if (line->n != 2) return 0;
    int64_t n = read_positions(bound, line, 0);
    int64_t m = n < 0 ? -1 : read_positions(bound, line, 1);
    if (m < 0) return -1;
    const uint32_t *first = bound->places[0], *second = bound->places[1];
    int64_t count = 0, low = 0;
    for (int64_t i = 0; i < n; i++) {
        while (low < m && (uint64_t)second[low] + node->width < first[i]) low++;
        int64_t j = low;
        while (j < m && second[j] == first[i]) j++;
        count += j < m && second[j] <= (uint64_t)first[i] + node->width;
    }
    return count;
}

int64_t line_count(Bound *bound, Node *node, Line *line, uint32_t doc) {
    for (int k = 0; k < line->n; k++) {
        int found = list_seek(line->lists[line->by_rarity[k]], doc);
        if (found <= 0) return found;
    }
    switch (node->mode) {
        case ORDERED: return count_ordered(bound, line);
        case CHAIN: return has_chain(bound, node, line);
        case WINDOW: return count_windows(bound, node, line);
        default: return count_near(bound, node, line);
    }
}

int positional_score(Bound *bound, Node *node, uint32_t doc, double *score) {
    double x = 0;
    int found = 0;
    for (int i = 0; i < node->n_lines; i++) {
        Line *line = &node->lines[i];
        int64_t count = line_count(bound, node, line, doc);
        if (count <= 0) continue;
        const uint8_t *norms = line->lists[0]->field->norms;
        x += (double)count * line->weights[norms ? norms[doc] : 0];
        found = 1;
    }
    *score = node->factor * saturated(x, node->k1);
    return found;
}
