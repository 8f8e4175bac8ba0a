// Looking for room among what is placed; no kernel, but the innermost loop of planning.
#ifndef CKPLACE_H
#define CKPLACE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// What lies in memory, by its start, in arrays of `count`: when each is first and last alive, where it
// starts and ends.
typedef struct {
  const int32_t *firsts, *lasts, *starts, *ends;
  int64_t count;
} ck_pieces;

// The lowest place with room for `need` that no piece has which is alive at some time of first ...
// last. The same on every processor; ends + need must not overflow.
int32_t ck_lowest(const ck_pieces *pieces, int32_t first, int32_t last, int32_t need);

#ifdef __cplusplus
}
#endif

#endif
