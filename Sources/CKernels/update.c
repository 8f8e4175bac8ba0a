#include <math.h>

#include "families.h"
#include "views.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define FAMILY "update.inc"
#include "variants.inc"

#define TABLE(suffix) \
  {[CK_SUM_SQUARES] = sum_squares##suffix, [CK_SGD] = sgd##suffix, [CK_ADAM] = adam##suffix}

ck_kernel ck_update_kernel(ck_isa isa, ck_op op) {
  static const ck_kernel tables[][CK_OP_COUNT] = {
      [CK_GENERIC] = TABLE(_generic),
#if defined(__x86_64__)
      [CK_AVX2] = TABLE(_avx2),
      [CK_AVX512] = TABLE(_avx512),
#endif
  };
  return tables[isa][op];
}
