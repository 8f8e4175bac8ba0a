// Counts heap allocations, in whatever library they happen.
#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

#include <stdint.h>

// Allocations since the thread began.
int64_t allocations_of_this_thread(void);

// Allocations of all threads since the process began.
int64_t allocations_of_all_threads(void);

#endif
