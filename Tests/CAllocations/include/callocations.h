// Counts heap allocations of the calling thread, in whatever library they happen.
#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

#include <stdint.h>

// Allocations since the thread began.
int64_t allocations_of_this_thread(void);

#endif
