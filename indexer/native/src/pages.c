/* Large tables in large pages, where the system has them: what is read and written all over a table costs a
 * quarter less when the processor knows where its pages are. */
#include "pages.h"

#include "kernel.h" /* before the system's headers: it asks for all that they have */

#include <stdlib.h>

#ifdef __linux__
#include <sys/mman.h>
#endif

#define PAGE ((size_t)2 << 20)

void *pages_alloc(size_t size) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (size >= 2 * PAGE && size <= SIZE_MAX / 2) {
        void *pages = NULL;
        size = (size + PAGE - 1) / PAGE * PAGE; /* its end too lies in a large page */
        if (posix_memalign(&pages, PAGE, size)) return NULL;
        madvise(pages, size, MADV_HUGEPAGE); /* where it is refused, the pages are small */
        return pages;
    }
#endif
    return malloc(size ? size : 1);
}

void *pages_zeroed(size_t size) {
    void *pages = pages_alloc(size);
    return pages ? memset(pages, 0, size) : NULL;
}
