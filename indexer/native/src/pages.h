/* Memory for large tables. */
#ifndef PAGES_H
#define PAGES_H

#include <stddef.h>

/* Memory that free() gives back, NULL where there is none; what stands in it is not told, or zeros. */
void *pages_alloc(size_t size);
void *pages_zeroed(size_t size);

#endif
