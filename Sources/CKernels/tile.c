#include "tile.h"

#include <stddef.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define FAMILY "tile.inc"
#include "variants.inc"
