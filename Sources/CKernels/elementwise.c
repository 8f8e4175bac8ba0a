#include "families.h"
#include "random.h"
#include "views.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define FAMILY "elementwise.inc"
#include "variants.inc"

#define TABLE(suffix)                       \
  {[CK_RELU] = relu##suffix,                \
   [CK_RELU_GRAD] = relu_grad##suffix,      \
   [CK_ADD] = add##suffix,                  \
   [CK_COPY] = copy##suffix,                \
   [CK_FILL] = fill##suffix,                \
   [CK_ZERO_HALO] = zero_halo##suffix,      \
   [CK_SHUFFLE] = shuffle##suffix,          \
   [CK_DROPOUT] = dropout##suffix,          \
   [CK_DROPOUT_GRAD] = dropout_grad##suffix}

ck_kernel ck_elementwise_kernel(ck_isa isa, ck_op op) {
  static const ck_kernel tables[][CK_OP_COUNT] = {
      [CK_GENERIC] = TABLE(_generic),
#if defined(__x86_64__)
      [CK_AVX2] = TABLE(_avx2),
      [CK_AVX512] = TABLE(_avx512),
#endif
  };
  return tables[isa][op];
}
