// The one product behind linear layers and convolutions, forward and backward:
//
//   c[r][j] (+)= sum over o, i, k of a[o][i][k][r] * b[o][i][k][j]     r in rows, j in columns
//
// where every index of a and of b has a stride of its own and the columns of b and c are
// contiguous. A matrix product has one o and one i. A convolution's rows are output pixels a fixed
// distance apart, o and i are its taps, k its input channels. The gradient of its weights has rows
// for input channels, and o, i, k run over images, rows and columns.
#ifndef CK_TILE_H
#define CK_TILE_H

#include "ckernels.h"

typedef struct {
  const float *a, *b;
  float *c;
  int outer, inner, depth;  // extents of o, i, k; any may be 0: the sum is then 0
  int64_t a_outer, a_inner, a_depth, a_row;
  int64_t b_outer, b_inner, b_depth;
  int64_t c_row;
  // On the way out: add bias[j], add the old c, ReLU, zero where mask[r][j] is not > 0.
  const float *bias, *mask;  // or NULL
  int64_t mask_row;
  int accumulate, relu;
} ck_product;

// Any number of rows and columns.
void ck_multiply_avx512(const ck_product *product, int64_t rows, int columns);
void ck_multiply_avx512_narrow(const ck_product *product, int64_t rows, int columns);
void ck_multiply_avx2(const ck_product *product, int64_t rows, int columns);
void ck_multiply_generic(const ck_product *product, int64_t rows, int columns);

// Whether AVX-512 code does better with 8-float vectors: where wide ones would be half empty.
static inline int ck_prefers_narrow(int columns) {
  return columns <= 8 || (columns > 16 && columns <= 24);
}

#endif
