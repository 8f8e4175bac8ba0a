#include <math.h>

#include "families.h"
#include "views.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define FAMILY "softmax.inc"
#include "variants.inc"

#define TABLE(suffix)                                               \
  {[CK_SOFTMAX] = softmax##suffix,                                  \
   [CK_SOFTMAX_CROSS_ENTROPY] = softmax_cross_entropy##suffix}

ck_kernel ck_softmax_kernel(ck_isa isa, ck_op op) {
  static const ck_kernel tables[][CK_OP_COUNT] = {
      [CK_GENERIC] = TABLE(_generic),
#if defined(__x86_64__)
      [CK_AVX2] = TABLE(_avx2),
      [CK_AVX512] = TABLE(_avx512),
#endif
  };
  return tables[isa][op];
}
