// What the processor can do at most: loops that do nothing but multiply, or nothing but move, by the
// same instruction sets as the kernels. Who times them knows what a kernel can be held to.
#ifndef CKLIMITS_H
#define CKLIMITS_H

#include "ckernels.h"

#ifdef __cplusplus
extern "C" {
#endif

// Multiplies and adds `rounds` times over enough independent sums to fill the units; answers a number
// that hangs on all of them.
float ck_spin(ck_isa isa, int64_t rounds);

// Floating-point operations of one round.
int64_t ck_spin_operations(ck_isa isa);

// to[k] = a[k] + 0.5 * b[k]: two streams in, one out.
void ck_triad(ck_isa isa, float *to, const float *a, const float *b, int64_t count);

#ifdef __cplusplus
}
#endif

#endif
