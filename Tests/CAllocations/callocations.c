// glibc's allocator behind counters: these definitions stand before the library's own in every test program.
#include "callocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

static _Thread_local int64_t count;
static atomic_int_fast64_t total;

static void counted(void) {
  count++;
  atomic_fetch_add_explicit(&total, 1, memory_order_relaxed);
}

int64_t allocations_of_this_thread(void) { return count; }

int64_t allocations_of_all_threads(void) { return atomic_load(&total); }

#if defined(__GLIBC__)
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t number, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  counted();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  counted();
  return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
  counted();
  return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
  counted();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
  *block = memalign(alignment, size);
  return *block ? 0 : ENOMEM;
}
#endif
